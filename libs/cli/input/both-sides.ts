import { initiatorOnly, mirrorBatch, mirrorOf } from '../../aggregate/mirror.ts';
import { BATCH_ROWS_MAX, FLOW_BATCH, type Batch } from '../../record/batch.ts';
import type { NumberColumn } from '../../record/columns.ts';
import { STORED_FIELDS } from '../../record/fields/stored.ts';
import { mergeBatches } from '../../record/reblock.ts';
import { copyRows } from '../../record/select.ts';

/** What becomes of each record: itself, or one for either side, with all of it or with what that side sent alone. */
export interface Sides {
  /** `-M rmon` */
  readonly rmon: boolean;
  /** `-M uni` */
  readonly oneWay: boolean;
}

/** Makes of each flow record one for either of its sides. They are numbered anew. */
export class BothSides {
  readonly #oneWay: boolean;
  /** Number of the next record, by source and run. */
  readonly #next = new Map<string, number>();

  /** @returns undefined where records stay as they are */
  static of({ rmon, oneWay }: Sides): BothSides | undefined {
    return rmon || oneWay ? new BothSides(oneWay) : undefined;
  }

  private constructor(oneWay: boolean) {
    this.#oneWay = oneWay;
  }

  /**
   * Each of the first `count` of `rows`, or of all where that is undefined, and behind it the same with initiator and responder in each
   * other's place; with one side only those who sent something.
   * @param batch of flow records
   */
  *of(batch: Batch, rows: Uint32Array | undefined, count: number): Generator<Batch> {
    const all = rows ?? Uint32Array.from({ length: count }, (_, row) => row);
    for (let from = 0; from < count; from += BATCH_ROWS_MAX / 2) {
      const part = copyRows(batch, all.subarray(from, Math.min(count, from + BATCH_ROWS_MAX / 2)), Math.min(count - from, BATCH_ROWS_MAX / 2)); // prettier-ignore
      const sides = [part, mirrorBatch(part)].map((side) => (this.#oneWay ? initiatorOnly(side) : side));
      const both = mergeBatches(sides);
      const order = this.#oneWay ? withPackets(both, inTurn(part.rows)) : inTurn(part.rows);
      if (order.length > 0) yield this.#numbered(copyRows(both, order, order.length));
    }
  }

  #numbered(batch: Batch): Batch {
    const { source, run } = batch.origin;
    const origin = `${run} ${source}`;
    const first = this.#next.get(origin) ?? 0;
    this.#next.set(origin, first + batch.rows);
    return { ...batch, first, covers: batch.rows };
  }
}

/** Stored fields that are looked at when each side is asked about what these say of one. */
export function fieldsOfBothSides(fields: ReadonlySet<number>): Set<number> {
  const { spkts, dpkts } = STORED_FIELDS;
  return new Set([...fields, spkts.number, dpkts.number].flatMap((field) => [field, mirrorOf(field)]));
}

/** Whether both sides of its records can be told apart. */
export const hasSides = ({ kind }: Batch): boolean => kind === FLOW_BATCH;

/** 0, n, 1, n + 1 … */
const inTurn = (n: number): Uint32Array => Uint32Array.from({ length: 2 * n }, (_, i) => (i >> 1) + (i & 1) * n);

function withPackets({ columns }: Batch, rows: Uint32Array): Uint32Array {
  const packets = columns[STORED_FIELDS.spkts.number] as NumberColumn | undefined;
  return rows.filter((row) => packets?.has(row) === true && packets.values[row]! > 0);
}
