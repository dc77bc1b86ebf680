import { Readable, Writable } from 'node:stream';
import { Output } from '../../libs/cli/output.ts';
import { execute } from '../../libs/cli/run-main.ts';
import { log, setLogOutput } from '../../libs/core/log.ts';
import { NO_SETTINGS } from './no-settings.ts';
import type { Finished } from './run-command.ts';
import { suiteCommand } from './suite-command.ts';

/** Keeps what is written to it. */
class Kept extends Writable {
  text = '';
  readonly #decoder = new TextDecoder();

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.text += this.#decoder.decode(chunk, { stream: true });
    done();
  }
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs a command of the suite to its end as `runCommand` does, but within this process: where a test asks so many questions that to
 * start a process for each would take most of its time. One comes after the other, since their messages go one way.
 */
export function runHere(name: string, args: readonly string[], input?: Uint8Array): Promise<Finished> {
  const finished = last.then(() => run(name, args, input));
  last = finished.catch(() => undefined);
  return finished;
}

async function run(name: string, args: readonly string[], input: Uint8Array | undefined): Promise<Finished> {
  const command = await suiteCommand(name);
  if (command === undefined) throw new Error(`there is no command ${name}`);
  process.env['TZ'] = 'UTC';
  const kept = new Kept();
  let stderr = '';
  setLogOutput((text) => (stderr += text), 'plain');
  const status = await execute(command, args, {
    program: name,
    signal: new AbortController().signal,
    stdin: Readable.from(input === undefined ? [] : [input]),
    stdout: new Output(kept),
    env: { ...process.env, ...NO_SETTINGS },
    warn: (message, fields) => log(name, 'warning', message, fields),
    info: (message, fields) => log(name, 'info', message, fields),
  });
  return { status, stdout: kept.text, stderr };
}
