import type { AddressColumn, Column } from '../record/columns.ts';
import type { AddressFamilies, DeferredColumns, PossibleNumbers } from '../record/deferred.ts';
import type { Place } from './plan.ts';
import { FrameProblem } from './problem.ts';

/** What the reader of a frame says of the columns that it may do without. */
export interface Deferral {
  /** Numbers of their fields. */
  readonly fields: ReadonlySet<number>;
  /** Is told what is wrong with a column of which nothing can be made; its field is absent then. */
  readonly failed: (problem: string) => void;
}

/** Where the columns of one frame are had from; each says what is wrong with a column by `FrameProblem`. */
export interface ColumnSource {
  /** @param lastLane of an address only the last lane and the family are looked at */
  look(field: number, lastLane: boolean): Column | undefined;
  /** What numbers the column may have, without decoding it. */
  possible(field: number): PossibleNumbers | undefined;
  /** Of addresses what there is beside the last lanes. */
  families(field: number): AddressFamilies | undefined;
}

/** Columns of one frame that wait to be asked for, as long as its bytes are there. */
export class DeferredFrame implements DeferredColumns {
  readonly fields: readonly number[];
  readonly #columns: ColumnSource;
  /** Of those that can be decoded, as far as is known. */
  readonly #places: Map<number, Place>;
  readonly #failed: Deferral['failed'];

  constructor(columns: ColumnSource, places: readonly Place[], failed: Deferral['failed']) {
    this.fields = places.map(({ field }) => field);
    this.#columns = columns;
    this.#places = new Map(places.map((place) => [place.field, place]));
    this.#failed = failed;
  }

  column(field: number): Column | undefined {
    return this.#try(field, () => this.#columns.look(field, false));
  }

  possible(field: number): PossibleNumbers | undefined {
    return this.#try(field, () => this.#columns.possible(field));
  }

  families(field: number): AddressFamilies | undefined {
    return this.#try(field, () => this.#columns.families(field));
  }

  lastLane(field: number): AddressColumn | undefined {
    const part = this.#try(field, () => this.#columns.look(field, true));
    const column = part?.kind === 'address' && part.upper === undefined ? this.column(field) : part;
    return column?.kind === 'address' ? column : undefined;
  }

  #try<Result>(field: number, look: () => Result): Result | undefined {
    if (!this.#places.has(field)) return undefined;
    try {
      return look();
    } catch (error) {
      if (!(error instanceof FrameProblem)) throw error;
      this.#places.delete(field);
      this.#failed(`${error.message} (in one column; the others were read)`);
      return undefined;
    }
  }
}
