import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { NO_SETTINGS } from './no-settings.ts';

/** Where the commands of the suite are, as they are installed: they start in a third of the time that their modules take. */
export const COMMANDS = join(import.meta.dirname, '../../bin');

/** Arguments of `node` that run a command of the suite. */
export function commandLine(name: string, ...args: string[]): string[] {
  return [join(COMMANDS, name), ...args];
}

/** A command as a process of its own, and all that it has said so far. */
export class RunningCommand {
  readonly process: ChildProcessWithoutNullStreams;
  /** Resolves with the exit status; -1 when a signal ended it. */
  readonly status: Promise<number>;
  stdout = '';
  stderr = '';

  /** @param prefix words before the command line, such as those that run it in a network namespace (`NetLab.prefix`) */
  constructor(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, prefix: readonly string[] = []) {
    const [program, ...words] = [...prefix, process.execPath, ...commandLine(name, ...args)];
    this.process = spawn(program!, words, { env: { ...process.env, ...NO_SETTINGS, TZ: 'UTC', ...env } });
    this.process.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.process.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.process.stdin.on('error', () => undefined); // it may end before it has read everything
    this.status = once(this.process, 'close').then(([status]) => (typeof status === 'number' ? status : -1));
  }

  /**
   * Resolves when it has said so on standard error.
   * @throws when it ends before
   */
  async says(words: RegExp): Promise<void> {
    const end = this.status.then((status) => {
      if (!words.test(this.stderr)) throw new Error(`ended with ${status} before it said ${words}: ${this.stderr}`);
    });
    end.catch(() => undefined);
    while (!words.test(this.stderr)) await Promise.race([once(this.process.stderr, 'data'), end]);
  }

  /** Resolves when what it printed fulfils the condition, or when it has ended. */
  async until(condition: (stdout: string) => boolean): Promise<void> {
    let ended = false;
    const end = this.status.then(() => (ended = true));
    while (!ended && !condition(this.stdout)) await Promise.race([once(this.process.stdout, 'data'), end]);
  }
}

export interface Finished {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the suite to its end. */
export async function runCommand(name: string, args: readonly string[], input?: Uint8Array): Promise<Finished> {
  const command = new RunningCommand(name, args);
  command.process.stdin.end(input);
  const status = await command.status;
  return { status, stdout: command.stdout, stderr: command.stderr };
}
