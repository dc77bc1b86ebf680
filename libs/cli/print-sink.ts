import { MANAGEMENT_BATCH, type Batch } from '../record/batch.ts';
import type { RecordPrinter } from '../record/print/printer.ts';
import type { Output } from './output.ts';
import type { Sink } from './sink.ts';

export interface PrintSinkOptions {
  /** -1 no headings, 0 once, n before every n records. */
  readonly headersEvery: number;
  /** Whether management records are printed; they are not when this is left out. */
  readonly management?: boolean;
}

/** Text is handed on when there is this much of it, */
const TEXT_CHARACTERS = 1 << 16;
/** or when it has waited this long. */
const WAIT_MS = 20;

/** Prints records on standard output, as fast as its reader takes them. */
export class PrintSink implements Sink {
  readonly #printer: RecordPrinter;
  readonly #output: Output;
  readonly #headersEvery: number;
  readonly #management: boolean;
  #text = '';
  #timer: NodeJS.Timeout | undefined;
  /** Records to print before the next headings. */
  #untilHeader = 0;
  #started = false;
  /** Pending while the output takes no more. */
  #room: Promise<void> | undefined;
  #failure: unknown;

  constructor(printer: RecordPrinter, output: Output, options: PrintSinkOptions) {
    this.#printer = printer;
    this.#output = output;
    this.#headersEvery = options.headersEvery;
    this.#management = options.management ?? false;
  }

  push(batch: Batch, rows: Uint32Array | undefined, count: number): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    if (count > 0 && (this.#management || batch.kind !== MANAGEMENT_BATCH)) this.#print(batch, rows, count);
    if (this.#text.length >= TEXT_CHARACTERS) this.#flush();
    else if (this.#text !== '') this.#timer ??= setTimeout(() => this.#flushLate(), WAIT_MS);
    return this.#room;
  }

  async end(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const footer = this.#printer.footer();
    if (footer !== '') this.#start(); // a document that is closed has to be opened
    this.#text += footer;
    this.#flush();
    await this.#room;
    if (this.#failure !== undefined) throw this.#failure;
  }

  #start(): void {
    if (!this.#started && this.#headersEvery === 0) this.#text += this.#printer.header();
    this.#started = true;
  }

  #print(batch: Batch, rows: Uint32Array | undefined, count: number): void {
    this.#start();
    if (this.#headersEvery <= 0) {
      this.#text += this.#printer.rows(batch, rows, count);
      return;
    }
    const all = rows ?? Uint32Array.from({ length: count }, (_, row) => row);
    for (let from = 0; from < count;) {
      if (this.#untilHeader === 0) {
        this.#text += this.#printer.header();
        this.#untilHeader = this.#headersEvery;
      }
      const next = Math.min(this.#untilHeader, count - from);
      this.#text += this.#printer.rows(batch, all.subarray(from), next);
      this.#untilHeader -= next;
      from += next;
    }
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#text;
    this.#text = '';
    if (text === '') return;
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
