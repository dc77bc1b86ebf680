import { KEY_KIND, PROTOCOL } from './key.ts';

/** How long a flow may be silent before it ends, microseconds, measured from its last packet. */
export interface Timeouts {
  readonly tcpUs: number;
  /** UDP, ESP, and every other IP protocol. */
  readonly ipUs: number;
  readonly icmpUs: number;
  readonly igmpUs: number;
  readonly fragmentUs: number;
  readonly arpUs: number;
  readonly otherUs: number;
}

/** Argus's values. */
export const DEFAULT_TIMEOUTS: Timeouts = {
  tcpUs: 60e6,
  ipUs: 30e6,
  icmpUs: 5e6,
  igmpUs: 30e6,
  fragmentUs: 5e6,
  arpUs: 5e6,
  otherUs: 30e6,
};

/** The time-out of a flow with this `extra` word of its key. */
export function timeoutOf(timeouts: Timeouts, extra: number): number {
  const kind = (extra >> 8) & 15;
  if (kind === KEY_KIND.ip4 || kind === KEY_KIND.ip6) {
    switch (extra & 255) {
      case PROTOCOL.tcp:
        return timeouts.tcpUs;
      case PROTOCOL.icmp:
      case PROTOCOL.icmp6:
        return timeouts.icmpUs;
      case PROTOCOL.igmp:
        return timeouts.igmpUs;
      default:
        return timeouts.ipUs;
    }
  }
  if (kind === KEY_KIND.fragment4 || kind === KEY_KIND.fragment6) return timeouts.fragmentUs;
  return kind === KEY_KIND.arp || kind === KEY_KIND.arpMac ? timeouts.arpUs : timeouts.otherUs;
}
