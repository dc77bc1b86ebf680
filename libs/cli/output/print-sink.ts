import { FLOW_BATCH, MANAGEMENT_BATCH, type Batch } from '../../record/batch.ts';
import type { RecordPrinter } from '../../record/print/printer.ts';
import { ALL_ROWS } from '../../record/select.ts';
import type { RecordSorter } from '../../sort/record-sorter.ts';
import { parseMemory } from '../memory-size.ts';
import type { Output } from '../output.ts';
import type { Sink } from './sink.ts';

export interface PrintSinkOptions {
  /** -1 no headings, 0 once, n before every n records. */
  readonly headersEvery: number;
  /** Whether management records are printed; they are not when this is left out. */
  readonly management?: boolean;
}

/** Records that are printed and written at once. */
const PIECE_ROWS = 2048;
/** Text is handed on when there is this much of it, */
const TEXT_BYTES = 1 << 16;
/** or when it has waited this long. */
const WAIT_MS = 20;

/** Prints records on standard output, as fast as its reader takes them. */
export class PrintSink implements Sink {
  readonly #printer: RecordPrinter;
  readonly #output: Output;
  readonly #headersEvery: number;
  readonly #management: boolean;
  #text: Uint8Array[] = [];
  #textBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Records to print before the next headings. */
  #untilHeader = 0;
  #started = false;
  /** Pending while the output takes no more. */
  #room: Promise<void> | undefined;
  #failure: unknown;
  /** Records that are printed at the end. */
  #held: RecordSorter | undefined;

  constructor(printer: RecordPrinter, output: Output, options: PrintSinkOptions) {
    this.#printer = printer;
    this.#output = output;
    this.#headersEvery = options.headersEvery;
    this.#management = options.management ?? false;
  }

  push(batch: Batch, rows: Uint32Array | undefined, count: number): Promise<void> | undefined {
    if (this.#printer.countsFirst && batch.kind === FLOW_BATCH) return this.#hold(batch, rows, count);
    return this.#pass(batch, rows, count);
  }

  #pass(batch: Batch, rows: Uint32Array | undefined, count: number): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    if (count > 0 && (this.#management || batch.kind !== MANAGEMENT_BATCH)) this.#print(batch, rows, count);
    return this.#hand();
  }

  /** Whether the memory of all text that was pushed may be used again. */
  get isSpent(): boolean {
    return this.#textBytes === 0 && this.#output.isSpent;
  }

  /** Takes lines that were printed elsewhere, with no headings between them; their memory must not be reused before `isSpent`. */
  pushText(text: Uint8Array): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    if (text.length > 0) this.#start();
    this.#add(text);
    return this.#hand();
  }

  #hand(): Promise<void> | undefined {
    if (this.#textBytes >= TEXT_BYTES) this.#flush();
    else if (this.#textBytes > 0) this.#timer ??= setTimeout(() => this.#flushLate(), WAIT_MS);
    return this.#room;
  }

  /** Where nobody has counted the records before, they wait here, in temporary files if they are many. */
  async #hold(batch: Batch, rows: Uint32Array | undefined, count: number): Promise<void> {
    const { RecordSorter } = await import('../../sort/record-sorter.ts');
    this.#held ??= new RecordSorter({ keys: [], memoryBytes: parseMemory(undefined) });
    this.#printer.count(batch, rows, count);
    await this.#held.push(batch, rows, count);
  }

  async #printHeld(held: RecordSorter): Promise<void> {
    await using records = held;
    this.#printer.allCounted();
    for await (const { batch, rows, count } of records.sorted()) await this.#pass(batch, rows, count);
  }

  async end(): Promise<void> {
    if (this.#held !== undefined) await this.#printHeld(this.#held);
    if (this.#failure !== undefined) throw this.#failure;
    const footer = this.#printer.footer();
    if (footer !== '') this.#start(); // a document that is closed has to be opened
    this.#add(Buffer.from(footer));
    this.#flush();
    await this.#room;
    if (this.#failure !== undefined) throw this.#failure;
  }

  #start(): void {
    if (!this.#started && this.#headersEvery === 0) this.#add(Buffer.from(this.#printer.header()));
    this.#started = true;
  }

  #print(batch: Batch, rows: Uint32Array | undefined, count: number): void {
    this.#start();
    const all = rows ?? ALL_ROWS;
    if (this.#headersEvery <= 0) {
      this.#printPieces(batch, all, count);
      return;
    }
    for (let from = 0; from < count;) {
      if (this.#untilHeader === 0) {
        this.#add(Buffer.from(this.#printer.header()));
        this.#untilHeader = this.#headersEvery;
      }
      const next = Math.min(this.#untilHeader, count - from);
      this.#add(this.#printer.rowBytes(batch, all.subarray(from), next));
      this.#untilHeader -= next;
      from += next;
    }
  }

  /** Most of what prints at once is written at once, so that the next piece is printed where it was, which a cache still holds. */
  #printPieces(batch: Batch, rows: Uint32Array, count: number): void {
    for (let from = 0; from < count; from += PIECE_ROWS) {
      const some = Math.min(PIECE_ROWS, count - from);
      this.#printer.add(batch, rows.subarray(from), some);
      if (some < PIECE_ROWS) this.#add(this.#printer.take());
      else {
        this.#flush();
        this.#write(this.#printer.lend());
        if (!this.#output.isSpent) this.#printer.giveUp();
      }
    }
  }

  /** @param text stays as it is */
  #add(text: Uint8Array): void {
    if (text.length === 0) return;
    this.#text.push(text);
    this.#textBytes += text.length;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#text;
    this.#text = [];
    this.#textBytes = 0;
    if (text.length > 0) this.#write(text.length === 1 ? text[0]! : Buffer.concat(text));
  }

  #write(text: Uint8Array): void {
    const room = this.#output.write(text);
    if (room === undefined) return;
    const opened: Promise<void> = room.then(
      () => this.#open(opened),
      (error: unknown) => this.#fail(error),
    );
    this.#room = opened;
  }

  #flushLate(): void {
    try {
      this.#flush();
    } catch (error) {
      this.#fail(error);
    }
  }

  #open(room: Promise<void>): void {
    if (this.#room === room) this.#room = undefined;
  }

  /** The next push or the end reports it. */
  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#room = undefined;
  }
}
