import { NO_ADDRESS } from '../../packet/headers.ts';
import { FlowRecord, SINGLE } from './flow-record.ts';
import type { Losses } from './losses.ts';

const NO_BYTES = new Uint8Array(0);

/** One flow record on its way from our columns to sections; the same object serves for all. */
export class OutgoingRecord extends FlowRecord {
  readonly losses: Losses;
  /** What each of `pieces` lies in. */
  readonly blobs: Uint8Array[] = [NO_BYTES, NO_BYTES, NO_BYTES, NO_BYTES, NO_BYTES];
  /** Source id as the section TRANSPORT has it. */
  sourceKind = 0;
  sourceNumber = 0;
  #told = 0;

  constructor(losses: Losses) {
    super();
    this.losses = losses;
  }

  /** Begins a record with these values; addresses and pieces are missing. */
  open(values: Float64Array<ArrayBuffer>): void {
    this.values = values;
    this.families.fill(NO_ADDRESS);
    this.pieces.fill(-1);
    this.#told = 0;
  }

  has(slot: number): boolean {
    return !Number.isNaN(this.values[slot]!);
  }

  valueOr(slot: number, missing: number): number {
    const value = this.values[slot]!;
    return Number.isNaN(value) ? missing : value;
  }

  /** Of `bits` of `EVENT` those that happened, which the caller now tells. */
  tellEvents(bits: number): number {
    const told = this.values[SINGLE.events]! & bits;
    this.#told |= told;
    return told;
  }

  /** Counts what happened and no section tells. */
  loseUntoldEvents(): void {
    if ((this.values[SINGLE.events]! & ~this.#told) !== 0) this.losses.add('events');
  }
}
