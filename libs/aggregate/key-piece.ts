import type { Batch } from '../record/batch.ts';
import type { NumberColumn } from '../record/columns.ts';

/** Where values go: that of the `i`th row to `words[from + i * step]`. */
export interface Target {
  readonly words: Uint32Array;
  readonly from: number;
  readonly step: number;
}

/** A part of a key: up to 32 bits computed for many rows at once. */
export interface KeyPiece {
  readonly bits: number;
  /** Whether values are numbers of texts. */
  readonly interned?: boolean;
  /**
   * Sets the values of the first `count` of `rows`.
   * @returns the value where all rows of the batch have the same one; nothing is set then
   */
  fill(batch: Batch, rows: Uint32Array, count: number, to: Target): number | undefined;
  /** Of a lane of an address: its values by family, where all rows of the batch have those; undefined where they may differ. */
  readonly byFamily?: (batch: Batch) => Uint32Array | undefined;
  /** Says the same of the other side; pieces that have the same name at both sides change places when a key is turned round. */
  readonly side?: { readonly of: 'source' | 'destination'; readonly name: string };
}

export type Side = KeyPiece['side'];

/** As properties of a piece; none of a piece that is of no side. */
export const sided = (side: Side): { readonly side?: NonNullable<Side> } => (side === undefined ? {} : { side });

/** The column of a numeric field; undefined where no row has a value. */
export function numberColumn({ columns }: Batch, field: number): NumberColumn | undefined {
  return columns[field] as NumberColumn | undefined;
}
