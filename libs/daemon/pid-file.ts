import { closeSync, fsyncSync, ftruncateSync, linkSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'; // prettier-ignore
import { basename, dirname, join } from 'node:path';
import { systemReason } from '../cli/system-error.ts';
import { InputError } from '../core/errors.ts';
import { isRunning } from '../core/is-running.ts';

/** Times that it is tried when others are about to do so, too, and milliseconds to wait for one of them. */
const ATTEMPTS = 100;
const PAUSE_MS = 10;

/** The process that a pid file names is running. */
export class HeldError extends InputError {
  readonly pid: number;

  constructor(pid: number, path: string) {
    super(`process ${pid} runs already, says ${path}`, { hint: 'Stop it, or name another pid file.' });
    this.pid = pid;
  }
}

/** A file that holds the number of this process for as long as it is open. */
export class PidFile implements Disposable {
  readonly #path: string;
  readonly #fd: number;

  private constructor(path: string, fd: number) {
    this.#path = path;
    this.#fd = fd;
  }

  /**
   * Writes the file at once and whole. One of a process that is no more is replaced.
   * @param program the name of this one, by which a process of the same kind is known
   * @throws {HeldError} when it belongs to a process that runs, {InputError} when it cannot be written
   */
  static open(path: string, program: string): PidFile {
    const draft = `${path}.${process.pid}`;
    try {
      rmSync(draft, { force: true }); // it may be a link that somebody else put there
      const fd = openSync(draft, 'wx', 0o644);
      try {
        writeSync(fd, `${process.pid}\n`);
        fsyncSync(fd);
        removeLeftDrafts(path);
        claim(draft, path, program);
        return new PidFile(path, fd);
      } catch (error) {
        closeSync(fd);
        throw error;
      } finally {
        rmSync(draft, { force: true });
      }
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw new InputError(`cannot write the pid file ${path}: ${systemReason(error) ?? String(error)}`, {
        cause: error,
      });
    }
  }

  /** Removes the file; where that is no longer allowed or it is out of reach, it is left empty. */
  [Symbol.dispose](): void {
    try {
      ftruncateSync(this.#fd);
      closeSync(this.#fd);
      rmSync(this.#path, { force: true });
    } catch {
      // an empty file is as good as none
    }
  }
}

function claim(draft: string, path: string, program: string): void {
  for (let attempt = 1; !hasLinked(draft, path); attempt++) {
    const holder = holderIfAny(path, program);
    if (holder !== undefined) throw new HeldError(holder, path);
    if (attempt > ATTEMPTS) throw new InputError(`others write the pid file ${path}, too`);
    removeStale(draft, path, program);
  }
}

/** One process at a time does this, and looks again: else it could remove the file of another that has just replaced the stale one. */
function removeStale(draft: string, path: string, program: string): void {
  const turn = `${path}.replacing`;
  if (!hasLinked(draft, turn)) {
    if (holderIfAny(turn, program) === undefined)
      rmSync(turn, { force: true }); // of one that was killed meanwhile
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    return;
  }
  try {
    if (holderIfAny(path, program) === undefined) rmSync(path, { force: true });
  } finally {
    rmSync(turn, { force: true });
  }
}

/** Whether the draft has got this name, which fails when there is such a file, whoever was first. */
function hasLinked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function holderIfAny(path: string, program: string): number | undefined {
  try {
    return holderOf(path, program);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined; // it has gone meanwhile
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Removes what processes that were killed while they wrote the file have left of it. */
function removeLeftDrafts(path: string): void {
  const folder = dirname(path);
  const start = `${basename(path)}.`;
  for (const name of readdirSync(folder)) {
    const pid = name.startsWith(start) ? name.slice(start.length) : '';
    if (!/^[1-9]\d{0,9}$/.test(pid) || isRunning(Number(pid))) continue;
    const draft = join(folder, name);
    try {
      if (['', `${pid}\n`].includes(readFileSync(draft, 'latin1'))) rmSync(draft, { force: true });
    } catch {
      // another of us was faster, or it is none of ours
    }
  }
}

/**
 * The process that a pid file belongs to, when it is alive and another.
 * @throws the system's error
 */
export function holderOf(path: string, program: string): number | undefined {
  const pid = Number(/^\s*(\d{1,10})\s*$/.exec(readFileSync(path, 'latin1').slice(0, 64))?.[1]);
  if (!(pid > 0) || pid === process.pid) return undefined;
  return isRunning(pid) && isOf(pid, program) ? pid : undefined;
}

/** Whether the process may be one of the program: its number may be another's by now. */
function isOf(pid: number, program: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(program);
  } catch {
    return true;
  }
}
