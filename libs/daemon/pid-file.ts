import { closeSync, fsyncSync, ftruncateSync, linkSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'; // prettier-ignore
import { basename, dirname, join } from 'node:path';
import { systemReason } from '../cli/system-error.ts';
import { claimName, type Claim } from '../core/claim-name.ts';
import { InputError } from '../core/errors.ts';
import { isRunning } from '../core/is-running.ts';

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
        const claim: Claim = { take: (name) => linkSync(draft, name), holder: (name) => holderOf(name, program) };
        const holder = claimName(path, claim);
        if (holder !== undefined) throw new HeldError(holder, path);
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
