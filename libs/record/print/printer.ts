import { BATCH_ROWS_MAX, GAP_BATCH, type Batch } from '../batch.ts';
import { columnStyle } from './column-style.ts';
import { delimitedStyle } from './delimited-style.ts';
import { printedFields } from './inputs.ts';
import { jsonStyle } from './json-style.ts';
import { settingsOf, type PrintColumn, type PrintOptions, type Settings } from './options.ts';
import type { Style } from './style.ts';
import { TextBuffer } from './text-buffer.ts';
import { xmlStyle } from './xml-style.ts';

const STYLES: Readonly<Record<Settings['style'], (columns: readonly PrintColumn[], settings: Settings) => Style>> = {
  columns: columnStyle,
  delimited: delimitedStyle,
  json: jsonStyle,
  xml: xmlStyle,
};

const ALL_ROWS = Uint32Array.from({ length: BATCH_ROWS_MAX }, (_, row) => row);

/** Makes text of records. */
export class RecordPrinter {
  /** Numbers of the stored fields that are printed; a batch may lack all others. */
  readonly fields: ReadonlySet<number>;
  readonly #style: Style;
  readonly #out = new TextBuffer();

  constructor(columns: readonly PrintColumn[], options: PrintOptions = {}) {
    const settings = settingsOf(options);
    this.#style = STYLES[settings.style](columns, settings);
    this.fields = printedFields(columns, settings);
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
    this.rowBytes(batch, rows, count);
    return this.#out.toString();
  }

  /** As `rows`, in UTF-8; the next call reuses the memory. */
  rowBytes(batch: Batch, rows: Uint32Array | undefined, count: number): Uint8Array {
    const out = this.#out;
    out.clear();
    if (batch.kind === GAP_BATCH || count === 0) return out.taken();
    this.#style.open(batch)(out, (rows ?? ALL_ROWS).subarray(0, count));
    return out.taken();
  }

  /** What stands below all rows; it has to be printed even when there was no row. */
  footer(): string {
    return this.#style.footer();
  }
}
