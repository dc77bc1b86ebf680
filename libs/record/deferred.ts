import type { AddressColumn, Column, UpperLanes } from './columns.ts';

/** What numbers a column may have: all that it has, and perhaps others. */
export interface PossibleNumbers {
  readonly least: number;
  readonly greatest: number;
  /** Of words: what is set in any of them. */
  readonly bits: number;
  /** Each of them; undefined where they are many. */
  readonly values: ArrayLike<number> | undefined;
}

/** Addresses of which the last lanes are not known. */
export interface AddressFamilies {
  /** By row. */
  readonly family: Uint8Array;
  readonly upper: UpperLanes;
}

/**
 * Columns of a batch that are decoded when somebody first asks for them, which can be done until the next batch comes. Who keeps a
 * batch, or looks at fields that it did not name, takes `withAllColumns` of it.
 */
export interface DeferredColumns {
  /** Numbers of their fields; the batch's `columns` lack them. */
  readonly fields: readonly number[];
  /** Numbers of rows without a value are 0. Undefined also where the bytes of the column turn out to make no sense. */
  column(field: number): Column | undefined;
  /** Without looking at any row: what the rows with a value have; undefined where that cannot be told. */
  possible(field: number): PossibleNumbers | undefined;
  /**
   * Addresses without their last lanes; valid until the next ones are asked for. Undefined where rows may lack one, where the first
   * three lanes do not go by the family, and where all lanes are there anyway.
   */
  families(field: number): AddressFamilies | undefined;
  /** An address whose first three lanes are what `upper` says, and need not be decoded, or are there where it is undefined. */
  lastLane(field: number): AddressColumn | undefined;
}
