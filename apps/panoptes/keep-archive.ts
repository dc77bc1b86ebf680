import { realpathSync, rmdirSync, statSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { archiveTree, type ArchiveFile } from '../../libs/archive/archive-tree.ts';
import { reblockFile, type Extent } from '../../libs/archive/reblock-file.ts';
import { expiredFiles, type Expired } from '../../libs/archive/retention.ts';
import type { Context } from '../../libs/cli/command.ts';
import { cannotRead, checkTrees } from '../../libs/cli/input/record-paths.ts';
import { systemReason } from '../../libs/cli/system-error.ts';
import { InputError, SuiteError } from '../../libs/core/errors.ts';
import { printable } from '../../libs/core/sanitize.ts';
import { HeldError, PidFile } from '../../libs/daemon/pid-file.ts';

export interface KeepSettings {
  readonly folder: string;
  /** Of zstd, for files that are rewritten. */
  readonly level: number;
  readonly settleMinutes: number;
  readonly ageDaysMax: number | undefined;
  readonly bytesMax: number | undefined;
  readonly memoryBytes: number;
  /** Also files that do not say that they are finished. */
  readonly takesAll: boolean;
  readonly isDry: boolean;
}

const LOCK = '.archive.pid';
const DAY_MS = 86_400_000;

/** Removes what is too old or too much, and gives the other files full, sorted frames. @returns the exit status */
export async function keepArchive(settings: KeepSettings, context: Context): Promise<number> {
  await checkTrees([settings.folder]);
  const root = realpathSync(settings.folder);
  if (!statSync(root).isDirectory()) throw new InputError(`${settings.folder} is no folder`);
  const held = settings.isDry ? undefined : lock(root, context.program);
  try {
    return await new Keeper(root, settings, context).run();
  } finally {
    held?.[Symbol.dispose]();
  }
}

/** @throws {InputError} when another has it */
function lock(root: string, program: string): Disposable {
  try {
    return PidFile.open(join(root, LOCK), program);
  } catch (error) {
    if (!(error instanceof HeldError)) throw error;
    throw new InputError(`another 'panoptes archive' is at work in ${root}, process ${error.pid}`, {
      hint: 'Wait until it is done.',
      cause: error,
    });
  }
}

class Keeper {
  readonly #root: string;
  readonly #settings: KeepSettings;
  readonly #context: Context;
  readonly #removed = { files: 0, bytes: 0 };
  readonly #rewritten = { files: 0, before: 0, after: 0 };
  readonly #kept = { known: 0, fresh: 0, unfinished: 0, left: 0, foreign: 0 };
  #hasFailed = false;

  constructor(root: string, settings: KeepSettings, context: Context) {
    this.#root = root;
    this.#settings = settings;
    this.#context = context;
  }

  async run(): Promise<number> {
    const { isDry, settleMinutes, ageDaysMax, bytesMax } = this.#settings;
    const unreadable = (path: string, error: unknown): void => this.#fail(path, error);
    const { files, foreign } = archiveTree(this.#root, { tidies: !isDry, unreadable });
    this.#kept.foreign = foreign;
    const nowMs = Date.now();
    const settleMs = settleMinutes * 60_000;
    const ageMsMax = ageDaysMax === undefined ? undefined : ageDaysMax * DAY_MS;
    const expired = expiredFiles(files, { nowMs, ageMsMax, bytesMax, settleMs });
    for (const each of expired) if (!this.#isStopped) await this.#remove(each, nowMs);
    const gone = new Set(expired.map(({ file }) => file));
    for (const file of files) {
      if (this.#isStopped) break;
      if (gone.has(file)) continue;
      if (nowMs - file.modifiedMs < settleMs) this.#kept.fresh += 1;
      else await this.#rewrite(file);
    }
    await this.#say(this.#summary());
    return this.#hasFailed ? 1 : 0;
  }

  get #isStopped(): boolean {
    return this.#context.signal.aborted;
  }

  async #remove({ file, reason }: Expired, nowMs: number): Promise<void> {
    const { path, bytes, modifiedMs } = file;
    const why = reason === 'age' ? `${((nowMs - modifiedMs) / DAY_MS).toFixed(1)} days old` : 'there is too much';
    try {
      if (!this.#settings.isDry) {
        unlinkSync(path);
        this.#removeEmpty(dirname(path));
      }
    } catch (error) {
      return this.#fail(path, error);
    }
    this.#removed.files += 1;
    this.#removed.bytes += bytes;
    await this.#say(`${printable(path)}: ${this.#settings.isDry ? 'would be removed' : 'removed'}, ${bytes} bytes, ${why}`); // prettier-ignore
  }

  /** Folders that have become empty go, up to that of the archive. */
  #removeEmpty(folder: string): void {
    try {
      for (let at = folder; at !== this.#root; at = dirname(at)) rmdirSync(at);
    } catch {
      // there is something left in it
    }
  }

  async #rewrite({ path }: ArchiveFile): Promise<void> {
    const { level, memoryBytes, takesAll, isDry } = this.#settings;
    try {
      const { signal } = this.#context;
      const result = await reblockFile(path, { level, memoryBytes, takesAll, isDry, signal });
      if (result.kind === 'known') this.#kept.known += 1;
      else if (result.kind === 'unfinished') this.#kept.unfinished += 1;
      else if (result.kind === 'left') {
        this.#kept.left += 1;
        this.#context.warn(`${path} is left as it is: ${result.reason}`);
      } else if (result.kind === 'done') await this.#sayRewritten(path, result.before, result.after);
    } catch (error) {
      this.#fail(path, error);
    }
  }

  async #sayRewritten(path: string, before: Extent, after: Extent | undefined): Promise<void> {
    this.#rewritten.files += 1;
    this.#rewritten.before += before.bytes;
    this.#rewritten.after += (after ?? before).bytes;
    const what = after === undefined ? `would be rewritten, ${extent(before)}` : `rewritten, ${extent(before)}, now ${extent(after)}`; // prettier-ignore
    await this.#say(`${printable(path)}: ${what}`);
  }

  #summary(): string {
    const { files, before, after } = this.#rewritten;
    const { known, fresh, unfinished, left, foreign } = this.#kept;
    const isDry = this.#settings.isDry ? ' would be' : '';
    const sizes = this.#settings.isDry ? `${before} bytes` : `${before} bytes before, ${after} now`;
    const others: [count: number, what: string][] = [
      [known, 'had been rewritten before'],
      [fresh, 'too young'],
      [unfinished, 'not known to be finished'],
      [left, 'left as they are'],
      [foreign, 'with other contents'],
    ];
    const rest = others.filter(([count]) => count > 0).map(([count, what]) => `, ${count} ${what}`);
    return `${this.#removed.files} files${isDry} removed (${this.#removed.bytes} bytes), ${files}${isDry} rewritten (${sizes})${rest.join('')}`;
  }

  async #say(line: string): Promise<void> {
    await this.#context.stdout.write(`${line}\n`);
  }

  /** @throws what is no failure of the system, nor expected */
  #fail(path: string, error: unknown): void {
    const failure = cannotRead(path, error);
    if (!(failure instanceof SuiteError)) throw error;
    this.#hasFailed = true;
    const reason = systemReason(error);
    this.#context.warn(reason === undefined ? failure.message : `${path}: ${reason}`);
  }
}

function extent({ bytes, frames }: Extent): string {
  return `${bytes} bytes in ${frames} frames`;
}
