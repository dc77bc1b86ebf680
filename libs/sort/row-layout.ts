import type { Batch } from '../record/batch.ts';
import type { Column } from '../record/columns.ts';
import { isConstant } from '../record/constant.ts';
import { BYTES_PER_VALUE, numericArray, type Kind, type NumericArray, type NumericKind } from '../record/kinds.ts';

/** Bits of a word that says which fields a row has. */
export const FIELDS_IN_WORD = 32;

/** A number that each row has. As long as it is the same in all of them it takes no room there. */
export interface Lane {
  readonly kind: NumericKind;
  /** Bytes from the start of a row; undefined while it is constant. */
  offset: number | undefined;
  /** What it is in rows that have no room for it; undefined before the first. */
  constant: number | undefined;
}

/** What rows have of one field. */
export interface FieldPlace {
  readonly field: number;
  readonly kind: Kind;
  /** Which bit of the words of presence says whether a row has a value. */
  readonly bit: number;
  /** A number; the number of a text; four and the family of an address; where bytes begin elsewhere, and how many they are. */
  readonly lanes: readonly Lane[];
}

/**
 * Where the values of a row lie side by side. What comes later is put behind what is there: rows that were laid out before are shorter, and
 * what they lack is the same in all of them.
 */
export class RowLayout {
  readonly #places: (FieldPlace | undefined)[] = [];
  readonly #presence: number[] = [];
  #inOrder: readonly FieldPlace[] = [];
  #fields = 0;
  #tail = new Uint32Array(0);

  /** Of a row, in words of 32 bits; even. */
  get words(): number {
    return this.#tail.length;
  }

  /** Words that a row has from the end of a shorter one on, by their place in the row. */
  get tail(): Uint32Array {
    return this.#tail;
  }

  /** Words in which a bit for each field says whether the row has a value. */
  get presence(): readonly number[] {
    return this.#presence;
  }

  /** By field number. */
  get places(): readonly FieldPlace[] {
    return this.#inOrder;
  }

  place(field: number): FieldPlace | undefined {
    return this.#places[field];
  }

  /** Makes room for what is in these columns. */
  fit({ columns }: Batch): void {
    const wanted: Lane[] = [];
    const fields = this.#fields;
    for (let field = 0; field < columns.length; field++) {
      const column = columns[field];
      if (column === undefined) continue;
      const place = (this.#places[field] ??= newPlace(field, column.kind, this.#fields++));
      for (const [i, values] of lanesOf(column).entries()) if (needsRoom(place.lanes[i]!, values)) wanted.push(place.lanes[i]!); // prettier-ignore
    }
    if (this.#fields > fields) this.#inOrder = this.#places.filter((place) => place !== undefined);
    const words = Math.ceil(this.#fields / FIELDS_IN_WORD) - this.#presence.length;
    if (wanted.length > 0 || words > 0) this.#grow(wanted, words);
  }

  #grow(lanes: readonly Lane[], presence: number): void {
    let bytes = 4 * this.words;
    for (const width of [8, 4, 2, 1]) {
      for (const lane of lanes) {
        if (BYTES_PER_VALUE[lane.kind] !== width) continue;
        lane.offset = bytes;
        bytes += width;
      }
      if (width === 4) for (let i = 0; i < presence; i++, bytes += 4) this.#presence.push(bytes >> 2);
    }
    const tail = new Uint32Array(((bytes + 7) & ~7) >> 2);
    tail.set(this.#tail);
    for (const { kind, offset, constant } of lanes) numericArray(kind, tail.buffer, offset!, 1)[0] = constant ?? 0;
    this.#tail = tail;
  }
}

const ADDRESS_LANES = ['u32', 'u32', 'u32', 'u32', 'u8'] as const;

function newPlace(field: number, kind: Kind, bit: number): FieldPlace {
  const lanes = lanesOfKind(kind).map((lane): Lane => ({ kind: lane, offset: undefined, constant: undefined }));
  return { field, kind, bit, lanes };
}

function lanesOfKind(kind: Kind): readonly NumericKind[] {
  if (kind === 'address') return ADDRESS_LANES;
  if (kind === 'text') return ['u32'];
  return kind === 'bytes' ? ['u32', 'u32'] : [kind];
}

/** Values of a column, lane by lane: of all rows or one that all have; undefined for texts and bytes, of which they are made. */
function lanesOf(column: Column): readonly (NumericArray | undefined)[] {
  if (column.kind === 'address') return [...column.lanes, column.family];
  if (column.kind === 'text') return [undefined];
  return column.kind === 'bytes' ? [undefined, undefined] : [column.values];
}

/** Whether a lane without room cannot go without any more. */
function needsRoom(lane: Lane, values: NumericArray | undefined): boolean {
  if (lane.offset !== undefined) return false;
  const constant = values !== undefined && isConstant(values, values.length) ? values[0] : undefined;
  if (constant !== undefined) lane.constant ??= constant;
  return constant === undefined || !Object.is(lane.constant, constant);
}
