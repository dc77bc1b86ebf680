import { compareRows, type KeyColumn } from './key-columns.ts';

/** Where a merge stands in one run. */
export interface RunCursor {
  /** Of the run among the others: of equal rows those of the earlier one come first. */
  readonly place: number;
  /** Keys of the next row and others, and which of these it is. */
  readonly keys: readonly KeyColumn[];
  readonly row: number;
}

function isBefore(a: RunCursor, b: RunCursor): boolean {
  const order = compareRows(a.keys, a.row, b.keys, b.row);
  return order < 0 || (order === 0 && a.place < b.place);
}

/** The cursor whose row comes next is at the top. */
export class CursorHeap<Cursor extends RunCursor> {
  readonly cursors: Cursor[] = [];

  get first(): Cursor | undefined {
    return this.cursors[0];
  }

  push(cursor: Cursor): void {
    const { cursors } = this;
    let at = cursors.push(cursor) - 1;
    for (let parent; at > 0 && isBefore(cursor, cursors[(parent = (at - 1) >> 1)]!); at = parent) {
      cursors[at] = cursors[parent]!;
      cursors[parent] = cursor;
    }
  }

  /** Takes the first one away; `sink` must follow. */
  pop(): void {
    const last = this.cursors.pop();
    if (last !== undefined && this.cursors.length > 0) this.cursors[0] = last;
  }

  /** The first one has changed. */
  sink(): void {
    const { cursors } = this;
    const cursor = cursors[0];
    if (cursor === undefined) return;
    for (let at = 0; ;) {
      let child = 2 * at + 1;
      if (child >= cursors.length) return;
      if (child + 1 < cursors.length && isBefore(cursors[child + 1]!, cursors[child]!)) child += 1;
      if (!isBefore(cursors[child]!, cursor)) return;
      cursors[at] = cursors[child]!;
      cursors[child] = cursor;
      at = child;
    }
  }
}
