import type { Filter } from '../../filter/compile.ts';
import { BATCH_ROWS_MAX, FLOW_BATCH, type Batch } from '../../record/batch.ts';
import type { Context } from '../command.ts';
import type { RecordFileSink } from './record-file-sink.ts';
import { parseWriteTarget } from '../write-target.ts';

/** What `-w` takes each time: a file, and perhaps a filter. */
export type WrittenWords = readonly (readonly string[])[];

/** The files that `-w FILE "FILTER"` names. */
export function writtenFiles(write: WrittenWords): string[] {
  return write.map(([file = '']) => file);
}

/** Whether a filter of `-w FILE "FILTER"` looks at where records were read. */
export function filesAskForOffset(write: WrittenWords): boolean {
  return write.some(([, filter = '']) => /\boffset\b/.test(filter));
}

/** A file for flow records that a filter of its own matches, and all others. */
export class FilteredFile {
  readonly sink: RecordFileSink;
  readonly #filter: Filter | undefined;
  readonly #rows = new Uint32Array(BATCH_ROWS_MAX);

  /** @throws {SuiteError} for filters that are none and files that cannot be written, of which none is opened before all filters are known */
  static async openAll(
    write: WrittenWords,
    args: { readonly verbose: boolean },
    context: Context,
  ): Promise<FilteredFile[]> {
    const filters = await filtersOf(write);
    const files: FilteredFile[] = [];
    for (const [i, path] of writtenFiles(write).entries())
      files.push(new FilteredFile(await openRecordFile(path, args, context), filters[i]));
    return files;
  }

  private constructor(sink: RecordFileSink, filter: Filter | undefined) {
    this.sink = sink;
    this.#filter = filter;
  }

  /** Whether all records are for it. */
  get takesAll(): boolean {
    return this.#filter === undefined;
  }

  /** As `RecordFileSink.pushAhead`. */
  push(batch: Batch, rows: Uint32Array | undefined, count: number): Promise<void> | undefined {
    if (this.#filter === undefined || batch.kind !== FLOW_BATCH) return this.sink.pushAhead(batch, rows, count);
    const chosen = this.#rows;
    if (rows === undefined) for (let row = 0; row < count; row++) chosen[row] = row;
    else chosen.set(rows.subarray(0, count));
    return this.sink.pushAhead(batch, chosen, this.#filter.select(batch, chosen, count));
  }
}

async function filtersOf(write: WrittenWords): Promise<(Filter | undefined)[]> {
  if (write.every(([, filter]) => filter === undefined)) return [];
  const { compileFilter } = await import('../../filter/compile.ts');
  return write.map(([, source]) => (source === undefined ? undefined : compileFilter(source)));
}

/** @throws {SuiteError} when the file cannot be written */
export async function openRecordFile(
  path: string,
  { verbose }: { readonly verbose: boolean },
  context: Context,
): Promise<RecordFileSink> {
  const { RecordFileSink: Sink } = await import('./record-file-sink.ts');
  return Sink.open(parseWriteTarget(path), context.stdout, {
    warn: context.warn,
    info: verbose ? context.info : () => undefined,
  });
}
