import { ENCAPSULATION } from '../../packet/headers.ts';

/** Letter of each encapsulation, in the order in which they print. */
export const ENCAPSULATION_LETTERS: readonly (readonly [bit: number, letter: string, meaning: string])[] = [
  [ENCAPSULATION.mpls, 'm', 'MPLS'],
  [ENCAPSULATION.ethernet, 'e', 'Ethernet'],
  [ENCAPSULATION.llc, 'l', 'LLC'],
  [ENCAPSULATION.vlan, 'v', 'VLAN (802.1Q, 802.1ad)'],
  [ENCAPSULATION.wlan, 'w', '802.11'],
  [ENCAPSULATION.pppoe, 'p', 'PPPoE'],
  [ENCAPSULATION.isl, 'i', 'ISL'],
  [ENCAPSULATION.gre, 'G', 'GRE'],
  [ENCAPSULATION.erspan, 'E', 'ERSPAN'],
  [ENCAPSULATION.ah, 'a', 'AH'],
  [ENCAPSULATION.ipTunnel, 'P', 'IPv4 in IP'],
  [ENCAPSULATION.ipv6Tunnel, '6', 'IPv6 in IP'],
  [ENCAPSULATION.hdlc, 'H', 'HDLC'],
  [ENCAPSULATION.ciscoHdlc, 'C', 'Cisco HDLC'],
  [ENCAPSULATION.atm, 'A', 'ATM'],
  [ENCAPSULATION.linuxCooked, 'S', 'Linux cooked'],
  [ENCAPSULATION.fddi, 'F', 'FDDI'],
  [ENCAPSULATION.slip, 's', 'SLIP'],
  [ENCAPSULATION.arcnet, 'R', 'ARCNET'],
  [ENCAPSULATION.teredo, 'T', 'Teredo'],
  [ENCAPSULATION.juniper, 'J', 'Juniper'],
  [ENCAPSULATION.prism, 'z', 'Prism'],
  [ENCAPSULATION.avs, 'y', 'AVS'],
  [ENCAPSULATION.vxlan, 'V', 'VXLAN'],
  [ENCAPSULATION.geneve, 'g', 'Geneve'],
  [ENCAPSULATION.gtp, 'U', 'GTP-U'],
  [ENCAPSULATION.l2tp, 'L', 'L2TP'],
  [ENCAPSULATION.ppp, 'd', 'PPP'],
  [ENCAPSULATION.frameRelay, 'f', 'Frame Relay'],
  [ENCAPSULATION.nullLoopback, 'n', 'BSD loopback'],
  [ENCAPSULATION.other, 'o', 'another'],
];

const cache = new Map<number, string>([[0, '']]);
/** Few combinations occur; hostile input does not make the cache grow without end. */
const CACHE_MAX = 4096;

/** @param bits of `ENCAPSULATION` */
export function encapsulationLetters(bits: number): string {
  const known = cache.get(bits);
  if (known !== undefined) return known;
  let letters = '';
  for (const [bit, letter] of ENCAPSULATION_LETTERS) if ((bits & bit) !== 0) letters += letter;
  if (cache.size < CACHE_MAX) cache.set(bits, letters);
  return letters;
}
