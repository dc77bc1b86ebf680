import { SuiteError } from '../core/errors.ts';
import { flushLog, log, setLogStyle } from '../core/log.ts';
import { splitArguments } from './argv.ts';
import type { Command, Context } from './command.ts';
import { defaultLogStyle, logStyleOf } from './log-style.ts';
import type { OptionTable } from './options.ts';
import { Output, OutputClosedError } from './output.ts';
import { StatusLine } from './status-line.ts';

/** In the environment of a command that ends when the process does that started it, to which it has a channel. */
export const ENDS_WITH_PARENT = 'PANOPTES_ENDS_WITH_PARENT';

/**
 * In the environment of a command that another one like it started to run in the background. That one has read the same files, and
 * has said what there is to say of them.
 */
export const DETACHED = 'PANOPTES_DETACHED';

/**
 * Runs a command as this process: its arguments, its signals, its exit status. Ends the process when all output has
 * left it. The first SIGINT or SIGTERM asks the command to end, the second one ends it.
 */
export async function runMain<T extends OptionTable>(command: Command<T>): Promise<never> {
  process.exitCode = 1; // of a command that would wait for nothing any more before it has ended
  setLogStyle(defaultLogStyle(process.env));
  const status = new StatusLine(process.stderr);
  const stop = new AbortController();
  const stdout = new Output(process.stdout, () => status.end(), stop.signal);
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  if (process.env[ENDS_WITH_PARENT] !== undefined) process.once('disconnect', () => stop.abort());
  const context: Context = {
    program: command.name,
    signal: AbortSignal.any([stop.signal, stdout.closed]),
    get stdin() {
      return process.stdin;
    },
    stdout,
    env: process.env,
    warn(message, fields) {
      status.clear();
      log(command.name, 'warning', message, fields);
    },
    info(message, fields) {
      status.clear();
      log(command.name, 'info', message, fields);
    },
    ...(process.stderr.isTTY && { status: (text: string) => status.show(text) }),
  };
  let exitStatus = await execute(command, process.argv.slice(2), context);
  status.clear();
  const failure = await stdout.flush();
  if (exitStatus === 0 && failure !== undefined && !(failure instanceof OutputClosedError)) {
    log(command.name, 'error', failure.message);
    exitStatus = failure.exitStatus;
  }
  await flushLog();
  process.exit(exitStatus);
}

/**
 * Runs a command in a given world; expected failures become a message and a status.
 * @returns the exit status
 */
export async function execute<T extends OptionTable>(
  command: Command<T>,
  argv: readonly string[],
  context: Context,
): Promise<number> {
  try {
    const given = splitArguments(argv, command.options, command.operands);
    const { general } = given;
    if (general === 'help') return await answer(context, (await import('./help.ts')).helpPage(command));
    if (general === 'version') {
      const { version } = await import('./version.ts');
      return await answer(context, `${command.name} (Panoptes) ${version()}\n`);
    }
    const { tokens, operands } = (await command.configure?.(given, withoutWarnings(context))) ?? given;
    const style = 'log' in command.options ? logStyleOf(tokens) : undefined;
    if (style !== undefined) setLogStyle(style);
    const { parseOptions } = await import('./parse.ts');
    const options = await parseOptions(tokens, command.options);
    const args = { ...options, operands } as Parameters<Command<T>['run']>[0];
    return (await command.run(args, context)) ?? 0;
  } catch (error) {
    if (error instanceof OutputClosedError) return 0;
    if (!(error instanceof SuiteError)) throw error;
    log(context.program, 'error', error.hint === '' ? error.message : `${error.message}\n${error.hint}`);
    return error.exitStatus;
  }
}

function withoutWarnings(context: Context): Context {
  return context.env[DETACHED] === undefined ? context : { ...context, warn: () => undefined };
}

async function answer(context: Context, text: string): Promise<number> {
  await context.stdout.write(text);
  return 0;
}
