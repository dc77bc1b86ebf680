import type { Headers } from '../packet/headers.ts';
import { EVENT } from '../record/fields/field.ts';
import { PROTOCOL } from './key.ts';
import { ROW_WORDS, W_EVENTS, W_ICMP_ERROR, type FlowRows } from './rows.ts';
import { Slab } from './slab.ts';

/** Words of a row: the sender of the error, four lanes and family. */
export const ICMP_ERROR_WORDS = 6;

/** For flows that an ICMP error quoted: who sent the last one. */
export class IcmpErrorRows {
  readonly slab: Slab;

  constructor(flowsMax: number) {
    this.slab = new Slab(ICMP_ERROR_WORDS, flowsMax);
  }

  /** Marks the flow in `row`, which the error `h` quotes. */
  mark({ u32 }: FlowRows, row: number, h: Headers): void {
    const at = row * ROW_WORDS;
    u32[at + W_EVENTS]! |= IcmpErrorRows.event(h);
    if (u32[at + W_ICMP_ERROR] === 0) u32[at + W_ICMP_ERROR] = this.slab.take() + 1;
    this.#note(u32[at + W_ICMP_ERROR]! - 1, h);
  }

  #note(row: number, h: Headers): void {
    const { u32 } = this.slab;
    const at = row * ICMP_ERROR_WORDS;
    u32[at] = h.source0;
    u32[at + 1] = h.source1;
    u32[at + 2] = h.source2;
    u32[at + 3] = h.source3;
    u32[at + 4] = h.addressKind;
  }

  /** The `EVENT` bit of an error of this type. */
  static event(h: Headers): number {
    const unreachable = h.protocol === PROTOCOL.icmp ? 3 : 1;
    const timeExceeded = h.protocol === PROTOCOL.icmp ? 11 : 3;
    const redirect = h.protocol === PROTOCOL.icmp ? 5 : 137;
    if (h.icmpType === unreachable) return EVENT.icmpUnreachable;
    if (h.icmpType === timeExceeded) return EVENT.icmpTimeExceeded;
    if (h.icmpType === redirect) return EVENT.icmpRedirect;
    return EVENT.icmpOther;
  }
}
