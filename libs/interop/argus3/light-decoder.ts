import { decodeMetric } from './counter-sections.ts';
import type { FlowRecord } from './flow-record.ts';
import { RECORD_HEADER_BYTES, SECTION } from './format.ts';
import { decodeKey } from './key-section.ts';
import { mayBeTurned, readAll, sectionBytes } from './read-sections.ts';
import { settleKey } from './settle.ts';
import { decodeTransport } from './transport-section.ts';

/** Sections that tell without the others, but for which side is the initiator. */
export const LIGHT_SECTIONS: ReadonlySet<number> = new Set([SECTION.transport, SECTION.flow, SECTION.metric]);

/** What is still to be looked for. */
const TRANSPORT = 1;
const FLOW = 2;
const NETWORK = 4;
const METRIC = 8;

/** Reads of flow records the cause and what TRANSPORT, FLOW and perhaps METRIC say, with hardly a look at the rest. */
export class LightDecoder {
  readonly #isCounted: boolean;

  /** @param isCounted whether METRIC is wanted */
  constructor(isCounted: boolean) {
    this.#isCounted = isCounted;
  }

  /** Reads the flow record in `[at, end)`. */
  decode(record: FlowRecord, view: DataView, at: number, end: number): void {
    record.clearKey();
    if (this.#isCounted) record.clearCounters();
    record.version = view.getUint8(at) & 0x0f;
    record.causeByte = view.getUint8(at + 1);
    const from = at + RECORD_HEADER_BYTES;
    let networkAt = 0;
    let missing = TRANSPORT | FLOW | NETWORK | (this.#isCounted ? METRIC : 0);
    for (let offset = from; missing !== 0 && offset + 4 <= end;) {
      const head = view.getUint32(offset);
      const next = offset + sectionBytes(head);
      if (next === offset || next > end) break;
      const type = (head >>> 24) & 0x7f;
      if (type === SECTION.transport) {
        decodeTransport(record, view, offset, next);
        missing &= ~TRANSPORT;
      } else if (type === SECTION.flow) {
        decodeKey(record, view, offset, next);
        missing &= ~FLOW;
      } else if (type === SECTION.metric) {
        if (this.#isCounted) decodeMetric(record, view, offset, next);
        missing &= ~METRIC;
      } else if (type === SECTION.network) {
        if (next - offset >= 8) networkAt = offset;
        missing &= ~NETWORK;
      }
      offset = next;
    }
    if (mayBeTurned(record, view, networkAt)) readAll(record, view, from, end);
    else settleKey(record);
  }
}
