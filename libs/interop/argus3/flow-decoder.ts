import type { FlowRecord } from './flow-record.ts';
import { RECORD_HEADER_BYTES, SECTION } from './format.ts';
import { countLost, nothingLeftOut } from './left-out.ts';
import { ALL_SECTIONS, mayBeTurned, readAll, readSections } from './read-sections.ts';
import { sectionTable, type SectionTable } from './sections.ts';
import { settle, settleKey } from './settle.ts';
import { ShapeFinder } from './shape-finder.ts';

/** Reads flow records, or as much of them as some fields need. */
export class FlowDecoder {
  /** What had no meaning in our fields. */
  readonly leftOut = nothingLeftOut();
  /** Tells which records can be read at once instead: see `RowReader`. */
  readonly shapes: ShapeFinder;
  readonly #sections: SectionTable;
  readonly #isPartial: boolean;
  /** Whether counters are read, without which nothing is left to draw together. */
  readonly #isCounted: boolean;

  /**
   * @param isWanted tells by name which fields are needed; undefined for all
   * @param countsLeftOut whether it is to be counted what has no meaning
   */
  constructor(isWanted: ((field: string) => boolean) | undefined, countsLeftOut = true) {
    const sections = isWanted === undefined ? ALL_SECTIONS : sectionTable(isWanted);
    this.#sections = sections;
    this.shapes = new ShapeFinder(sections, countsLeftOut);
    this.#isPartial = isWanted !== undefined;
    this.#isCounted = sections[SECTION.metric] !== undefined;
  }

  /** Reads the flow record in `[at, end)`. */
  decode(record: FlowRecord, view: DataView, at: number, end: number): void {
    record.clear();
    record.version = view.getUint8(at) & 0x0f;
    record.causeByte = view.getUint8(at + 1);
    const from = at + RECORD_HEADER_BYTES;
    const networkAt = readSections(this.#sections, record, view, from, end, this.leftOut.sections);
    if (record.lost !== 0) countLost(this.leftOut, record.lost);
    if (!this.#isPartial) return settle(record);
    if (mayBeTurned(record, view, networkAt)) readAll(record, view, from, end);
    else if (this.#isCounted) settle(record);
    else settleKey(record);
  }
}
