import type { Readable } from 'node:stream';
import type { LogFields } from '../core/log-format.ts';
import type { Arguments, OptionTable } from './options.ts';
import type { Output } from './output.ts';
import type { SplitArguments } from './argv.ts';

/**
 * One program of the suite. The module that holds it imports little: what `run` needs it loads itself, so that
 * `--help` and `--version` answer at once.
 */
export interface Command<T extends OptionTable = OptionTable> {
  readonly name: string;
  /** One sentence for the head of the help page. */
  readonly summary: string;
  readonly options: T;
  /**
   * What stands after the options. `filter`: from a lone `-` or `--`, or from the first word that is no option, all
   * words are one filter. `words`: words of the command's own, between which options may stand. Absent: nothing.
   */
  readonly operands?: 'filter' | 'words';
  /** How the operands print on the usage line, when not simply as a filter or words. */
  readonly usage?: string;
  /** Command lines worth copying, each with what it does. */
  readonly examples?: readonly (readonly [line: string, does: string])[];
  /**
   * Adds what configuration files say to a command line, before its values are read.
   * @throws {SuiteError} for a file that cannot be read or understood
   */
  configure?(given: SplitArguments, context: Context): Promise<SplitArguments>;
  /**
   * Does the work. What it writes to `context.stdout` is flushed before the process ends.
   * @returns the exit status; none means 0
   * @throws {SuiteError} for failures of normal life; anything else is a bug
   */
  run(args: Arguments<T>, context: Context): Promise<number | void>;
}

/** The world of a command: it touches neither `process.argv` nor `process.exit`. */
export interface Context {
  /** The command's name, which begins its messages. */
  readonly program: string;
  /** Aborts at SIGINT and SIGTERM and when nobody reads standard output any more. */
  readonly signal: AbortSignal;
  readonly stdin: Readable & { readonly isTTY?: boolean; readonly fd?: number };
  readonly stdout: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes one line to the log, which is standard error, under the command's name. */
  readonly warn: (message: string, fields?: LogFields) => void;
  /** As `warn`, when nothing is wrong. */
  readonly info: (message: string, fields?: LogFields) => void;
  /** Writes over the last line of the terminal, for people who wait; nothing takes it away. Undefined where there is no terminal. */
  readonly status?: (text: string) => void;
}
