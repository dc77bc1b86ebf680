import type { Readable } from 'node:stream';
import type { ByteRange } from '../../archive/byte-range.ts';
import { FrameFile } from '../../archive/frame-file.ts';
import { isNote } from '../../archive/is-note.ts';
import type { Chunk } from '../../codec/read.ts';
import { InputError, SuiteError, UsageError } from '../../core/errors.ts';
import { merge } from '../../core/merge.ts';
import { RecordNumbers } from '../../interop/argus3/record-numbers.ts';
import { GAP_BATCH, type Batch } from '../../record/batch.ts';
import { asksForOffset } from '../../record/offset.ts';
import type { Context } from '../command.ts';
import type { ClientSecurity } from '../network/client-security.ts';
import { parseServerAddress, type ServerAddress } from '../network/server-address.ts';
import type { Progress } from '../progress.ts';
import { version } from '../version.ts';
import { namedFile } from './byte-range.ts';
import { HeldFiles } from './held-files.ts';
import type { InputSettings } from './input-settings.ts';
import type { Piece } from './merge-plan.ts';
import { START_FIELDS, type MergeSettings } from './merge-settings.ts';
import { countBytes, openForeign, type Opened } from './opened.ts';
import { isPlainFile } from './pipes.ts';
import type { PortDirection } from './port-direction.ts';
import { formatOf, framesLeftOut, readFrames, START_BYTES, type RecordReader } from './record-formats.ts';
import { cannotRead, checkFiles, checkStandardInput, checkTrees, filesBelow, identityOf } from './record-paths.ts';
import { DamagedContentError, openContent } from './unpack.ts';

const SPILLS = 'records are not in the order of time, and more than fit into --memory; they wait in temporary files';
/** After an interrupt, whoever writes to our standard input has this long to finish its last words. */
const LAST_WORDS_MS = 1000;

/** All records that a command is to read, from wherever. To be read once. */
export class RecordInputs implements AsyncIterable<Batch> {
  readonly #settings: InputSettings;
  readonly #servers: readonly ServerAddress[];
  readonly #security: ClientSecurity | undefined;
  readonly #context: Context;
  readonly #signal: AbortSignal;
  readonly #written = new Set<string>();
  readonly #numbers: RecordNumbers;
  readonly #held = new HeldFiles();
  #direction: PortDirection | undefined;
  #failed = false;
  #progress: Progress | undefined;

  /**
   * Finds out that what was named is there, and reads nothing yet.
   * @param signal ends reading without a word
   * @throws {InputError} for a missing file
   * @throws {UsageError} when there is nothing to read, or a server cannot be one
   */
  static async open(settings: InputSettings, context: Context, signal: AbortSignal): Promise<RecordInputs> {
    const { merge: order, portDirection, fields } = settings;
    if (order !== undefined)
      settings = { ...settings, room: undefined, returned: undefined, deferred: undefined, scan: undefined, fields: fields && new Set([...fields, ...START_FIELDS]) }; // prettier-ignore
    if (portDirection === undefined) return RecordInputs.#open(settings, context, signal);
    const { PortDirection: Direction } = await import('./port-direction.ts');
    const inputs = await RecordInputs.#open(Direction.settings(settings), context, signal);
    inputs.#direction = new Direction(portDirection);
    return inputs;
  }

  static async #open(settings: InputSettings, context: Context, signal: AbortSignal): Promise<RecordInputs> {
    const { files, trees, servers, security } = settings;
    if (files.length + trees.length + servers.length > 0) {
      checkFiles(files);
      if (files.includes('-')) checkStandardInput(context.stdin);
      checkTrees(trees);
      const addresses = servers.map(parseServerAddress);
      if (addresses.length === 0 || security === undefined) return new RecordInputs(settings, addresses, undefined, context, signal); // prettier-ignore
      const { ClientSecurity: Security } = await import('../network/client-security.ts');
      return new RecordInputs(settings, addresses, await Security.open(security, context), context, signal);
    }
    if (context.stdin.isTTY === true) {
      throw new UsageError('nothing to read', {
        hint: `Name files with -r, folders with -R, or a server with -S; or pipe records into ${context.program}.`,
      });
    }
    checkStandardInput(context.stdin);
    return new RecordInputs({ ...settings, files: ['-'] }, [], undefined, context, signal);
  }

  private constructor(
    settings: InputSettings,
    servers: readonly ServerAddress[],
    security: ClientSecurity | undefined,
    context: Context,
    signal: AbortSignal,
  ) {
    this.#settings = settings;
    this.#numbers = settings.numbers ?? new RecordNumbers();
    this.#servers = servers;
    this.#security = security;
    this.#context = context;
    this.#signal = signal;
  }

  /** Whether some input could not be read, or not to its end; it was said on standard error. */
  get failed(): boolean {
    return this.#failed;
  }

  /**
   * Leaves out what the command itself writes to, which would never end.
   * @throws {UsageError} when such a file is named as an input
   */
  async avoid(outputs: readonly string[]): Promise<void> {
    for (const path of outputs) {
      const identity = await identityOf(path);
      if (identity !== undefined) this.#written.add(identity);
    }
    for (const word of this.#settings.files) {
      const { path } = namedFile(word);
      if (path !== '-' && (await this.#isWritten(path))) {
        throw new UsageError(`${path} is to be read and written at once`, { hint: 'Name another file after -w.' });
      }
    }
  }

  async #isWritten(path: string): Promise<boolean> {
    return this.#written.size > 0 && this.#written.has((await identityOf(path)) ?? '');
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Batch> {
    const { status } = this.#context;
    if (status === undefined || this.#servers.length > 0) {
      yield* this.#batches();
      return;
    }
    const { Progress: Teller, bytesOf } = await import('../progress.ts');
    const { files, trees } = this.#settings;
    using progress = new Teller(status, trees.length > 0 ? undefined : await bytesOf(files), () => performance.now());
    this.#progress = progress;
    for await (const batch of this.#batches()) {
      if (batch.kind !== GAP_BATCH) progress.addRecords(batch.covers);
      yield batch;
    }
  }

  async *#batches(): AsyncGenerator<Batch> {
    const { files, trees } = this.#settings;
    if (this.#servers.length > 0) {
      const stop = new AbortController();
      const signal = AbortSignal.any([this.#signal, stop.signal]);
      yield* merge(
        this.#servers.map((server) => this.#fromServer(server, signal)),
        stop,
      );
    }
    if (this.#settings.merge !== undefined) {
      yield* this.#merged(this.#settings.merge);
      await this.#endFiles();
      return;
    }
    for (const word of files) yield* this.#fromNamed(word);
    for (const tree of trees) for await (const file of this.#filesOf(tree)) yield* this.#fromFile(file);
    await this.#endScan();
    await this.#endFiles();
  }

  /** A stream ends well by a signal from outside, what lies in files does not. */
  async #endFiles(): Promise<void> {
    const { signal, stdout } = this.#context;
    if (!signal.aborted || stdout.closed.aborted) return;
    const { files, trees } = this.#settings;
    const arePlain = await Promise.all(files.map((word) => isPlainFile(namedFile(word).path)));
    if (trees.length > 0 || arePlain.includes(true)) this.#fail(new InputError('interrupted before all was read'));
  }

  async *#filesOf(tree: string): AsyncGenerator<string> {
    for await (const file of filesBelow(tree, (error) => this.#fail(error), this.#held))
      if (!(await this.#isWritten(file))) yield file;
  }

  async *#fromNamed(word: string): AsyncGenerator<Batch> {
    const { path, range } = namedFile(word);
    if (word === '-') yield* this.#fromStandardInput();
    else yield* this.#fromFile(path, range);
  }

  /** As `--merge` wants them. */
  async *#merged(settings: MergeSettings): AsyncGenerator<Batch> {
    const { files, trees, mayHold } = this.#settings;
    const [{ byStart }, { planMerge }] = await Promise.all([import('./by-start.ts'), import('./merge-plan.ts')]);
    const words = [...files];
    for (const tree of trees) for await (const file of this.#filesOf(tree)) words.push(file);
    const { first, pieces } = planMerge(words, mayHold);
    const all = async function* (this: RecordInputs): AsyncGenerator<Batch> {
      for (const word of first) yield* this.#fromNamed(word);
    };
    const spills = (): void => this.#context.info(SPILLS);
    const read = ({ path, range }: Piece): AsyncGenerator<Batch> => this.#fromFile(path, range, true);
    yield* byStart({ first: all.call(this), pieces, read, spills }, settings);
  }

  async #endScan(): Promise<void> {
    const { scan } = this.#settings;
    if (scan === undefined) return;
    await scan.drain('');
    for (const [name, problems] of scan.problems) {
      for (const [problem, count] of problems) this.#fail(new InputError(`${name}: ${framesLeftOut(problem, count)}`));
    }
  }

  async *#fromServer(server: ServerAddress, signal: AbortSignal): AsyncGenerator<Batch> {
    const { serverFilter } = this.#settings;
    const program = `${this.#context.program} ${version()}`;
    const { recordStream } = await import('../../transport/record-stream.ts');
    const { ARGUS3_SERVER } = await import('../../interop/argus3/live-server.ts');
    const { OriginLedger } = await import('../../record/ledger.ts');
    const options = { program, filter: serverFilter, ledger: new OriginLedger(), signal, report: this.#context.warn };
    try {
      const stream = recordStream({
        ...options,
        sources: [[this.#security?.server(server) ?? { host: server.host, port: server.port }]],
        token: this.#security?.token ?? '',
        foreign: ARGUS3_SERVER,
        persistence: 'while-there',
        takerReportsGaps: true,
      });
      for await (const { batch } of stream) yield this.#direction?.turn(batch) ?? batch;
    } catch (error) {
      if (!(error instanceof InputError) || this.#servers.length === 1) throw error;
      this.#fail(error);
    }
  }

  /** @param isChecked whether a frame is known to begin at the start of the range */
  async *#fromFile(path: string, range?: ByteRange, isChecked = false): AsyncGenerator<Batch> {
    if (this.#signal.aborted) return;
    let stream: Readable | undefined;
    const stop = (): void => void stream?.destroy();
    this.#signal.addEventListener('abort', stop, { once: true });
    try {
      yield* this.#decode(path, () => {
        const place = this.#held.placeOf(path);
        const frames = FrameFile.open(place, this.#settings);
        if (frames === undefined) return openForeign(place, range, this.#signal, (opened) => (stream = opened));
        if (range !== undefined && isChecked) frames.at(range);
        else if (range !== undefined) frames.within(range, path);
        const { beginning: start } = frames;
        const { scan } = this.#settings;
        const skippedBytes = (): number => frames.skippedBytes;
        return { start, frames: frames.chunks(this.#signal), skippedBytes, fileBytes: frames.bytes, scan };
      });
    } finally {
      this.#signal.removeEventListener('abort', stop);
      stop();
    }
  }

  async *#fromStandardInput(): AsyncGenerator<Batch> {
    const { stdin, signal } = this.#context;
    let timer: NodeJS.Timeout | undefined;
    const stop = (): void => {
      timer = setTimeout(() => stdin.destroy(), signal.aborted ? LAST_WORDS_MS : 0);
    };
    if (this.#signal.aborted) stop();
    else this.#signal.addEventListener('abort', stop, { once: true });
    try {
      yield* this.#decode('-', () => openContent(stdin, START_BYTES));
    } finally {
      this.#signal.removeEventListener('abort', stop);
      clearTimeout(timer);
      stdin.destroy();
    }
  }

  async *#decode(path: string, open: () => Opened | Promise<Opened>): AsyncGenerator<Batch> {
    const name = path === '-' ? 'standard input' : path;
    const { fields, peek, room, deferred, returned, management = true } = this.#settings;
    const asksOffsets = this.#settings.offsets === true || asksForOffset(fields);
    let reader: RecordReader | undefined;
    try {
      const content = await open();
      if (content.scan === undefined) await this.#settings.scan?.drain(path); // what follows comes behind what threads read
      const addRecords = (records: number): void => this.#progress?.addRecords(records);
      const offsets = asksOffsets && content.fileBytes !== undefined;
      const wanted = { fields, peek, room, deferred, returned, management, offsets };
      const settings = { path, name, ...content, ...wanted, numbers: this.#numbers, addRecords };
      if ('frames' in content) reader = await readFrames(this.#counted(content.frames, content), settings);
      else reader = await formatOf(content.start).read(this.#counted(content.chunks, content), settings);
      for await (const batch of reader.batches) if (!isNote(batch)) yield this.#direction?.turn(batch) ?? batch;
    } catch (error) {
      if (this.#signal.aborted && !(error instanceof SuiteError)) return;
      const failure = error instanceof DamagedContentError ? error.of(name) : cannotRead(name, error);
      if (!(failure instanceof InputError)) throw failure;
      this.#fail(failure);
    }
    if (reader !== undefined) this.#report(reader, name);
  }

  #counted<C extends Chunk>(chunks: AsyncIterable<C>, { skippedBytes }: Opened): AsyncIterable<C> {
    return this.#progress === undefined ? chunks : countBytes(chunks, this.#progress, skippedBytes);
  }

  #report(reader: RecordReader, name: string): void {
    for (const [problem, hint] of reader.problems()) this.#fail(new InputError(`${name}: ${problem}`, { hint }));
    if (this.#settings.verbose !== true) return;
    for (const [what, count] of reader.leftOut()) this.#context.info(`${name}: left out ${count} ${what}`);
  }

  #fail(error: InputError): void {
    this.#failed = true;
    this.#context.warn(error.hint === '' ? error.message : `${error.message}. ${error.hint}`);
  }
}
