import type { Headers } from '../packet/headers.ts';
import { Slab } from './slab.ts';

// Words of a row; of each pair the first is the initiator's.
/** How many VLAN tags, 0–2 (more count as 2), and innermost and outermost tag in the halves of a word. */
export const L_TAGS = 0;
export const L_VLAN = 2;
/** MPLS label + 1; 0 is none. */
export const L_MPLS = 4;
/** 0 where the flow carries a tunnel that cannot be opened. */
export const L_TUNNEL_DEPTH = 6;
export const L_TUNNEL_KIND = 7;
/** Tunnel id; all ones is none. */
export const L_TUNNEL_ID = 8;
export const L_TUNNEL_FAMILY = 9;
/** Four lanes each. */
export const L_TUNNEL_SOURCE = 12;
export const L_TUNNEL_DESTINATION = 16;
export const LINK_WORDS = 20;

/** VLAN tags, MPLS labels and tunnels, for the flows that have any. */
export class LinkRows {
  readonly slab: Slab;

  constructor(flowsMax: number) {
    this.slab = new Slab(LINK_WORDS, flowsMax);
  }

  static needed(h: Headers): boolean {
    return (h.vlanTags | h.mplsLabels | h.tunnelKind) !== 0;
  }

  /** Notes the first tags, label and tunnel of each direction. */
  note(row: number, direction: number, h: Headers): void {
    const { u32 } = this.slab;
    const at = row * LINK_WORDS;
    if (h.vlanTags > 0 && u32[at + L_TAGS + direction] === 0) {
      u32[at + L_TAGS + direction] = Math.min(h.vlanTags, 2);
      u32[at + L_VLAN + direction] = h.innerTag | (h.outerTag << 16);
    }
    if (h.mplsLabels > 0 && u32[at + L_MPLS + direction] === 0) u32[at + L_MPLS + direction] = (h.mplsTop >>> 12) + 1;
    const isFirst = h.tunnelKind !== 0 && u32[at + L_TUNNEL_KIND] === 0;
    if (isFirst || h.tunnelDepth > u32[at + L_TUNNEL_DEPTH]!) this.#noteTunnel(at, direction, h);
  }

  #noteTunnel(at: number, direction: number, h: Headers): void {
    const { u32 } = this.slab;
    u32[at + L_TUNNEL_DEPTH] = h.tunnelDepth;
    u32[at + L_TUNNEL_KIND] = h.tunnelKind;
    u32[at + L_TUNNEL_ID] = h.tunnelId;
    u32[at + L_TUNNEL_FAMILY] = h.tunnelAddressKind;
    const source = at + (direction === 0 ? L_TUNNEL_SOURCE : L_TUNNEL_DESTINATION);
    const destination = at + (direction === 0 ? L_TUNNEL_DESTINATION : L_TUNNEL_SOURCE);
    u32[source] = h.tunnelSource0;
    u32[source + 1] = h.tunnelSource1;
    u32[source + 2] = h.tunnelSource2;
    u32[source + 3] = h.tunnelSource3;
    u32[destination] = h.tunnelDestination0;
    u32[destination + 1] = h.tunnelDestination1;
    u32[destination + 2] = h.tunnelDestination2;
    u32[destination + 3] = h.tunnelDestination3;
  }

  /** Exchanges initiator and responder. */
  reverse(row: number): void {
    const { u32 } = this.slab;
    const at = row * LINK_WORDS;
    for (const pair of [L_TAGS, L_VLAN, L_MPLS]) {
      const first = u32[at + pair]!;
      u32[at + pair] = u32[at + pair + 1]!;
      u32[at + pair + 1] = first;
    }
    const source = u32.slice(at + L_TUNNEL_SOURCE, at + L_TUNNEL_SOURCE + 4);
    u32.copyWithin(at + L_TUNNEL_SOURCE, at + L_TUNNEL_DESTINATION, at + L_TUNNEL_DESTINATION + 4);
    u32.set(source, at + L_TUNNEL_DESTINATION);
  }
}
