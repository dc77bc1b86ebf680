import type { BatchKind } from '../record/batch.ts';
import type { Lanes } from './ast.ts';

/**
 * What is known of the records of a block without looking at them. Less may be said than is true, never more: a field that is
 * not named may hold anything.
 */
export interface Zone {
  /** All records are of this kind; undefined: of any. */
  readonly kind: BatchKind | undefined;
  /** The source id of all records; undefined: of several, or not known. */
  readonly source: string | undefined;
  /** By field number; besides stored fields it may name computed ones, such as `ltime`. */
  readonly fields: { get(number: number): FieldZone | undefined };
}

export type FieldZone = AbsentZone | NumberZone | AddressZone;

/** No record has a value. */
export interface AbsentZone {
  readonly kind: 'absent';
}

/** Values as they are held, NaN left out. */
export interface NumberZone {
  readonly kind: 'number';
  readonly min: number;
  readonly max: number;
  /** Every record has a value, and none is NaN. */
  readonly complete: boolean;
}

export interface AddressZone {
  readonly kind: 'address';
  /** One for each family that occurs; undefined: not known. */
  readonly families: readonly FamilyZone[] | undefined;
  /** Every record has a value. */
  readonly complete: boolean;
  /** False when this address is surely in no record; left out where nothing tells. */
  readonly mayHold?: (family: number, address: Lanes) => boolean;
}

/** Addresses of one family, from `min` to `max` in the order of their lanes, as records hold them. */
export interface FamilyZone {
  readonly family: number;
  readonly min: Lanes;
  readonly max: Lanes;
}
