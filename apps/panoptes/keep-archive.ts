import { existsSync, realpathSync, rmdirSync, statSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readNote } from '../../libs/archive/archive-note.ts';
import { archiveTree, type ArchiveFile, type Tree } from '../../libs/archive/archive-tree.ts';
import { examine, type FinishedFile, type Refused } from '../../libs/archive/finished-file.ts';
import { joinFiles } from '../../libs/archive/join-files.ts';
import { groupsOf, joinedName, type FileGroup, type NotedFile } from '../../libs/archive/join-plan.ts';
import { reblockFile, type Extent, type ReblockSettings } from '../../libs/archive/reblock-file.ts';
import { expiredFiles, type Expired } from '../../libs/archive/retention.ts';
import { noteOf, surveyFile } from '../../libs/archive/survey-file.ts';
import type { Context } from '../../libs/cli/command.ts';
import { cannotRead, checkTrees } from '../../libs/cli/input/record-paths.ts';
import { systemReason } from '../../libs/cli/system-error.ts';
import { InputError, SuiteError } from '../../libs/core/errors.ts';
import { printable } from '../../libs/core/sanitize.ts';
import { HeldError, PidFile } from '../../libs/daemon/pid-file.ts';
import { RecordNumbers } from '../../libs/interop/argus3/record-numbers.ts';
import type { Span } from '../../libs/time/span.ts';
import { ArchiveAccount, extentText } from './archive-account.ts';
import { convertFile } from './convert-file.ts';

export interface KeepSettings {
  readonly folder: string;
  /** Of zstd, for files that are rewritten. */
  readonly level: number;
  /** Files of one such interval become one; undefined for none. */
  readonly join: Span | undefined;
  /** Which files in other formats become files of ours: those from which nothing is lost, all, or none. */
  readonly converts: 'lossless' | 'all' | undefined;
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

/** Removes what is too old or too much, and makes of the other files fewer ones with full, sorted frames. @returns the exit status */
export async function keepArchive(settings: KeepSettings, context: Context): Promise<number> {
  checkTrees([settings.folder]);
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
  readonly #reblock: ReblockSettings;
  readonly #account: ArchiveAccount;
  readonly #nowMs = Date.now();
  #hasFailed = false;

  constructor(root: string, settings: KeepSettings, context: Context) {
    const { level, memoryBytes, takesAll, isDry } = settings;
    this.#root = root;
    this.#settings = settings;
    this.#context = context;
    this.#reblock = { level, memoryBytes, takesAll, isDry, signal: context.signal };
    this.#account = new ArchiveAccount(isDry);
  }

  async run(): Promise<number> {
    const { ageDaysMax, bytesMax, converts } = this.#settings;
    let tree = await this.#look();
    if (converts !== undefined && (await this.#convertAll(tree.foreign))) tree = await this.#look();
    if (converts === undefined) this.#account.kept.foreign = tree.foreign.length;
    const settleMs = this.#settleMs;
    const ageMsMax = ageDaysMax === undefined ? undefined : ageDaysMax * DAY_MS;
    const expired = expiredFiles(tree.files, { nowMs: this.#nowMs, ageMsMax, bytesMax, settleMs });
    for (const each of expired) if (!this.#isStopped) await this.#remove(each);
    const gone = new Set(expired.map(({ file }) => file));
    const files = await this.#noted(tree.files.filter((file) => !gone.has(file)));
    for (const group of this.#groups(files)) if (!this.#isStopped) await this.#tend(group);
    await this.#say(this.#account.summary);
    return this.#hasFailed ? 1 : 0;
  }

  get #isStopped(): boolean {
    return this.#context.signal.aborted;
  }

  get #settleMs(): number {
    return this.#settings.settleMinutes * 60_000;
  }

  #look(): Promise<Tree> {
    const unreadable = (path: string, error: unknown): void => this.#fail(path, error);
    return archiveTree(this.#root, { tidies: !this.#settings.isDry, unreadable });
  }

  /** Files in other formats become files of ours. @returns whether there are new ones */
  async #convertAll(files: readonly ArchiveFile[]): Promise<boolean> {
    const { converted, kept } = this.#account;
    const { converts, isDry } = this.#settings;
    const settings = { losesSome: converts === 'all', isDry, numbers: new RecordNumbers() };
    for (const file of files) {
      if (this.#isStopped) break;
      if (this.#isFresh(file)) {
        kept.fresh += 1;
        continue;
      }
      const result = await this.#attempt(file.path, () => convertFile(file.path, settings, this.#context));
      if (result?.kind === 'foreign') kept.foreign += 1;
      else if (result?.kind === 'left') this.#leave(file.path, result.reason);
      else if (result?.kind === 'done') {
        const { path, bytes, lost } = result;
        converted.files += 1;
        converted.before += file.bytes;
        converted.after += bytes ?? file.bytes;
        const size = bytes === undefined ? `${file.bytes} bytes` : `${file.bytes} bytes, now ${bytes}`;
        const name = path === file.path ? '' : ` to ${printable(path)}`;
        const what = lost.length === 0 ? '' : `, without ${lost.join(', ')}`;
        await this.#say(
          `${printable(file.path)}: ${isDry ? 'would be converted' : 'converted'}${name}, ${size}${what}`,
        );
      }
    }
    return converted.files > 0 && !isDry;
  }

  async #remove({ file, reason }: Expired): Promise<void> {
    const { path, bytes, modifiedMs } = file;
    const why = reason === 'age' ? `${((this.#nowMs - modifiedMs) / DAY_MS).toFixed(1)} days old` : 'there is too much';
    try {
      if (!this.#settings.isDry) {
        unlinkSync(path);
        this.#removeEmpty(dirname(path));
      }
    } catch (error) {
      return this.#fail(path, error);
    }
    this.#account.removed.files += 1;
    this.#account.removed.bytes += bytes;
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

  /** What files say of themselves, or what is seen of them where all are asked for. */
  async #noted(files: readonly ArchiveFile[]): Promise<NotedFile[]> {
    const { kept } = this.#account;
    const noted: NotedFile[] = [];
    for (const file of files) {
      if (this.#isStopped) break;
      const note = await this.#attempt(file.path, () => this.#noteOf(file));
      if (note !== undefined) noted.push({ file, note });
      else if (this.#isFresh(file)) kept.fresh += 1;
      else kept.unfinished += 1;
    }
    return noted;
  }

  async #noteOf(file: ArchiveFile): Promise<NotedFile['note'] | undefined> {
    const note = await readNote(file.path);
    if (note !== undefined || !this.#settings.takesAll || this.#isFresh(file)) return note;
    return noteOf(await surveyFile(file.path, this.#context.signal));
  }

  #groups(files: readonly NotedFile[]): FileGroup[] {
    const { join: span } = this.#settings;
    return span === undefined ? files.map((file) => ({ files: [file], endUs: -Infinity })) : groupsOf(files, span);
  }

  #isFresh({ modifiedMs }: ArchiveFile): boolean {
    return this.#nowMs - modifiedMs < this.#settleMs;
  }

  async #tend(group: FileGroup): Promise<void> {
    const { kept } = this.#account;
    const { files, endUs } = group;
    if (files.some(({ file }) => this.#isFresh(file))) kept.fresh += files.length;
    else if (endUs / 1000 > this.#nowMs - this.#settleMs) kept.waiting += files.length;
    else if (files.length > 1) await this.#join(group);
    else await this.#rewrite(files[0]!.file);
  }

  async #join(group: FileGroup): Promise<void> {
    const { join: span, isDry } = this.#settings;
    const { joined } = this.#account;
    const files = await this.#examined(group);
    if (this.#isStopped || span === undefined) return;
    if (files.length < 2) {
      for (const { path } of files) await this.#rewrite({ path });
      return;
    }
    const { path, firstName } = joinedName(group, span, existsSync);
    const before = {
      bytes: files.reduce((sum, { stats }) => sum + stats.size, 0),
      frames: files.reduce((sum, { survey }) => sum + survey.frames, 0),
    };
    let after = before;
    if (!isDry) {
      const result = await this.#attempt(path, () => joinFiles({ files, path, firstName }, this.#reblock));
      if (result?.kind === 'left') this.#context.warn(`${path} is not made: ${result.reason}`);
      if (result?.kind === 'left') for (const each of files) await this.#rewrite(each);
      if (result?.kind !== 'done') return;
      ({ after } = result);
    }
    joined.files += files.length;
    joined.to += 1;
    joined.before += before.bytes;
    joined.after += after.bytes;
    const first = printable(files[0]!.path);
    const made = isDry ? 'would be joined' : 'joined';
    const size = isDry ? extentText(before) : `${extentText(before)}, now ${extentText(after)}`;
    await this.#say(`${printable(path)}: ${files.length} files from ${first} on ${made}, ${size}`);
  }

  /** Those files of a group that can be joined. */
  async #examined({ files }: FileGroup): Promise<FinishedFile[]> {
    const finished: FinishedFile[] = [];
    for (const { file } of files) {
      const result = await this.#attempt(file.path, () => examine(file.path, this.#reblock));
      if (result === undefined) continue;
      if (result.kind === 'finished') finished.push(result);
      else this.#refuse(file.path, result);
    }
    return finished;
  }

  async #rewrite({ path }: Pick<ArchiveFile, 'path'>): Promise<void> {
    const result = await this.#attempt(path, () => reblockFile(path, this.#reblock));
    if (result === undefined) return;
    if (result.kind === 'known') this.#account.kept.known += 1;
    else if (result.kind === 'done') await this.#sayRewritten(path, result.before, result.after);
    else this.#refuse(path, result);
  }

  #refuse(path: string, result: Refused): void {
    if (result.kind === 'unfinished') this.#account.kept.unfinished += 1;
    if (result.kind === 'left') this.#leave(path, result.reason);
  }

  #leave(path: string, reason: string): void {
    this.#account.kept.left += 1;
    this.#context.warn(`${path} is left as it is: ${reason}`);
  }

  async #sayRewritten(path: string, before: Extent, after: Extent | undefined): Promise<void> {
    const { rewritten } = this.#account;
    rewritten.files += 1;
    rewritten.before += before.bytes;
    rewritten.after += (after ?? before).bytes;
    const what = after === undefined ? `would be rewritten, ${extentText(before)}` : `rewritten, ${extentText(before)}, now ${extentText(after)}`; // prettier-ignore
    await this.#say(`${printable(path)}: ${what}`);
  }

  async #say(line: string): Promise<void> {
    await this.#context.stdout.write(`${line}\n`);
  }

  /** What fails is said, and the next file is gone on with. */
  async #attempt<T>(path: string, action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      this.#fail(path, error);
      return undefined;
    }
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
