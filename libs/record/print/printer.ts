import { GAP_BATCH, type Batch } from '../batch.ts';
import { ALL_ROWS } from '../select.ts';
import { columnStyle } from './column-style.ts';
import { delimitedStyle } from './delimited-style.ts';
import { printedFields } from './inputs.ts';
import { jsonStyle } from './json-style.ts';
import { settingsOf, type PrintColumn, type PrintOptions, type Settings } from './options.ts';
import { percentColumn } from './percent-columns.ts';
import { Shares } from './shares.ts';
import type { Style } from './style.ts';
import { TextBuffer, type Lines } from './text-buffer.ts';
import { xmlStyle } from './xml-style.ts';

const STYLES: Readonly<Record<Settings['style'], (columns: readonly PrintColumn[], settings: Settings) => Style>> = {
  columns: columnStyle,
  delimited: delimitedStyle,
  json: jsonStyle,
  xml: xmlStyle,
};

/** Makes text of records. */
export class RecordPrinter {
  /** Numbers of the stored fields that are printed; a batch of flow records may lack all others. */
  readonly fields: ReadonlySet<number>;
  /** Whether what a record prints depends on how many were printed before. */
  readonly isOrdered: boolean;
  readonly #style: Style;
  readonly #shares: Shares | undefined;
  readonly #out = new TextBuffer();
  #isCounted = false;

  constructor(wanted: readonly PrintColumn[], options: PrintOptions = {}) {
    const columns = options.percents === true ? wanted.map(percentColumn) : wanted;
    this.#shares = options.percents === true ? new Shares(columns.map(({ name }) => name)) : undefined;
    const settings = settingsOf(options, this.#shares);
    this.isOrdered = columns.some(({ name }) => name === 'rank');
    this.#style = STYLES[settings.style](columns, settings);
    this.fields = printedFields(columns, settings);
  }

  /** Whether records have to be counted before the first is printed: percentages are of all of them. */
  get countsFirst(): boolean {
    return this.#shares !== undefined && !this.#isCounted;
  }

  /** From here on rows may print: all have been counted. */
  allCounted(): void {
    this.#isCounted = true;
  }

  /** Counts records, of which percentages are. @param rows as for `rows` */
  count(batch: Batch, rows: Uint32Array | undefined, count: number): void {
    this.#shares?.add(batch, (rows ?? ALL_ROWS).subarray(0, count));
  }

  /** The line of headings, with its end; empty where the style has none. */
  header(): string {
    return this.#style.header();
  }

  /**
   * The text of some rows of a batch, a line each; nothing of a gap.
   * @param rows the numbers of the rows, of which the first `count` are printed; undefined for the first `count` rows
   */
  rows(batch: Batch, rows: Uint32Array | undefined, count: number): string {
    this.add(batch, rows, count);
    const text = this.#out.toString();
    this.#out.clear();
    return text;
  }

  /** As `rows`, in UTF-8 with memory of its own. */
  rowBytes(batch: Batch, rows: Uint32Array | undefined, count: number): Uint8Array<ArrayBuffer> {
    this.add(batch, rows, count);
    return this.take();
  }

  /** As `rowBytes`, for `take` to give later. */
  add(batch: Batch, rows: Uint32Array | undefined, count: number): void {
    if (batch.kind === GAP_BATCH || count === 0) return;
    this.#style.open(batch)(this.#out, (rows ?? ALL_ROWS).subarray(0, count));
  }

  /** What was added. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#out.take();
  }

  /** What was added, in memory that is used again for what is added next, unless `giveUp` is called before. */
  lend(): Uint8Array<ArrayBuffer> {
    return this.#out.lend();
  }

  /** Leaves what was lent to whoever has it. */
  giveUp(): void {
    this.#out.giveUp();
  }

  /** What was added, and where each row of it ends. */
  takeLines(): Lines {
    return this.#out.takeLines();
  }

  /** What stands below all rows; it has to be printed even when there was no row. */
  footer(): string {
    return this.#style.footer();
  }
}
