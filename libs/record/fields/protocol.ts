import { etherTypeName } from '../../address/ethertypes.ts';
import { protocolName } from '../../address/protocols.ts';
import { EVENT } from './field.ts';

/** EtherTypes that other rules ask for (IEEE 802 numbers). */
export const ETHERTYPE = { ipv4: 0x0800, arp: 0x0806, rarp: 0x8035, ipv6: 0x86dd } as const;

/** IP protocol numbers that other rules ask for. */
export const IP_PROTOCOL = { icmp: 1, igmp: 2, tcp: 6, udp: 17, esp: 50, icmp6: 58, sctp: 132 } as const;

/**
 * What a flow speaks, by name: the protocol found by content, the IP protocol, `llc`, the EtherType's name, or `unknown`.
 * @param etype merged records of IPv4 and IPv6 have none in common, but the IP protocol
 * @param sport tells LLC, where it is the access point, from a link that we know nothing of; of merged records that differ in it not all
 *   need speak what was found in one
 */
export function protocolText(
  etype: number | undefined,
  ipproto: number | undefined,
  events: number | undefined,
  sport: number | undefined,
): string | undefined {
  if (sport !== undefined && events !== undefined && (events & (EVENT.rtp | EVENT.rtcp)) !== 0)
    return (events & EVENT.rtp) !== 0 ? 'rtp' : 'rtcp';
  if (ipproto !== undefined) return protocolName(ipproto);
  if (etype === undefined) return undefined;
  if (etype === 0) return sport === undefined ? 'unknown' : 'llc';
  return etherTypeName(etype) ?? 'unknown';
}
