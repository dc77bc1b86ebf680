import { FLOW_BATCH, MANAGEMENT_BATCH, type Batch } from '../../libs/record/batch.ts';
import { AddressCounts, type AddressState } from './address-counts.ts';
import { RecordCounts } from './record-counts.ts';

export interface CountingSettings {
  readonly byProtocol: boolean;
  /** Memory for telling addresses apart, bytes; undefined where nobody asks for them. */
  readonly addressBytes: number | undefined;
}

/** All that was counted in one thread. */
export interface CountingState {
  readonly records: Float64Array<ArrayBuffer>;
  readonly addresses: AddressState | undefined;
}

/** What is counted of records. */
export class Counting {
  readonly records: RecordCounts;
  readonly addresses: AddressCounts | undefined;
  readonly #management: boolean;

  /** @param management whether management records count */
  constructor({ byProtocol, addressBytes }: CountingSettings, management: boolean) {
    this.records = new RecordCounts({ byProtocol });
    this.addresses = addressBytes === undefined ? undefined : new AddressCounts(addressBytes);
    this.#management = management;
  }

  /** @param rows of which the first `count` are taken; undefined for all */
  add(batch: Batch, rows: Uint32Array | undefined, count: number): void {
    if (batch.kind === MANAGEMENT_BATCH && this.#management) this.records.addManagement(count);
    if (batch.kind !== FLOW_BATCH) return;
    this.records.add(batch, rows, count);
    this.addresses?.add(batch, rows, count);
  }

  get state(): CountingState {
    return { records: this.records.state, addresses: this.addresses?.state };
  }

  /** Adds what another thread has counted. */
  addState({ records, addresses }: CountingState): void {
    this.records.addState(records);
    if (addresses !== undefined) this.addresses?.addState(addresses);
  }
}
