/**
 * What the decoders found in one packet: one reused object, overwritten by each packet, never allocated in the hot path.
 *
 * Every 32-bit quantity (address lanes, sequence numbers, SPI) is held as a **signed** 32-bit integer: V8 keeps those
 * unboxed, and a store into a `Uint32Array` gives the unsigned value back. Differences of sequence numbers are
 * `(a - b) | 0`.
 *
 * An address is four 32-bit lanes, most significant first. IPv4 a.b.c.d is `0, 0, 0xffff, a.b.c.d`; a MAC lies in the
 * low 48 bits (lane 2 holds its upper 16 bits, lane 3 the lower 32).
 */

/** Values of `addressKind` and of the family lane of an address column. */
export const NO_ADDRESS = 0;
export const MAC_ADDRESS = 1;
export const IPV4_ADDRESS = 4;
export const IPV6_ADDRESS = 6;

/** Bits of `encapsulations`; the order is that of the letters of Argus's `senc` and `denc`. */
export const ENCAPSULATION = {
  ethernet: 1 << 0,
  mpls: 1 << 1,
  vlan: 1 << 2,
  llc: 1 << 3,
  pppoe: 1 << 4,
  isl: 1 << 5,
  gre: 1 << 6,
  erspan: 1 << 7,
  ah: 1 << 8,
  ipTunnel: 1 << 9,
  ipv6Tunnel: 1 << 10,
  hdlc: 1 << 11,
  ciscoHdlc: 1 << 12,
  atm: 1 << 13,
  linuxCooked: 1 << 14,
  fddi: 1 << 15,
  slip: 1 << 16,
  arcnet: 1 << 17,
  wlan: 1 << 18,
  prism: 1 << 19,
  avs: 1 << 20,
  teredo: 1 << 21,
  juniper: 1 << 22,
  vxlan: 1 << 23,
  geneve: 1 << 24,
  gtp: 1 << 25,
  l2tp: 1 << 26,
  ppp: 1 << 27,
  frameRelay: 1 << 28,
  nullLoopback: 1 << 29,
  other: 1 << 30,
} as const;

/** Bits of `ipOptions` (IPv4 options; the router alert also as IPv6 hop-by-hop option). */
export const IP_OPTION = {
  strictSourceRoute: 1 << 0,
  looseSourceRoute: 1 << 1,
  timestamp: 1 << 2,
  security: 1 << 3,
  recordRoute: 1 << 4,
  routerAlert: 1 << 5,
  satnet: 1 << 6,
  unknown: 1 << 7,
} as const;

/** TCP flag bits (RFC 9293 §3.1) as they lie in the header. */
export const TCP_FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ece: 64, cwr: 128 } as const;

/** Bits of `tcpOptions`. */
export const TCP_OPTION = {
  mss: 1 << 0,
  windowScale: 1 << 1,
  sackPermitted: 1 << 2,
  sack: 1 << 3,
  echo: 1 << 4,
  echoReply: 1 << 5,
  timestamp: 1 << 6,
  cc: 1 << 7,
  ccNew: 1 << 8,
  ccEcho: 1 << 9,
  md5: 1 << 10,
  fastOpen: 1 << 11,
  multipath: 1 << 12,
  unknown: 1 << 13,
} as const;

/** Values of `fragment`. */
export const NOT_FRAGMENTED = 0;
export const FIRST_FRAGMENT = 1;
export const LATER_FRAGMENT = 2;

/** The packet that an ICMP error quotes: enough to find the flow that it belongs to. */
export class QuotedPacket {
  present = false;
  /** `IPV4_ADDRESS` or `IPV6_ADDRESS`. */
  addressKind = 0;
  source0 = 0;
  source1 = 0;
  source2 = 0;
  source3 = 0;
  destination0 = 0;
  destination1 = 0;
  destination2 = 0;
  destination3 = 0;
  protocol = 0;
  /** Ports of TCP, UDP, UDP-Lite, SCTP, DCCP; valid only with `hasPorts`. */
  hasPorts = false;
  sourcePort = 0;
  destinationPort = 0;
  /** Echo identifier and sequence of a quoted ICMP echo; type -1 when the quote is not ICMP. */
  icmpType = -1;
  icmpId = 0;
  icmpSequence = 0;
  /** First 32 bits of a quoted ESP header; 0 otherwise. */
  spi = 0;
  /** DNS transaction id where the quote holds it, else -1. */
  dnsId = -1;
}

export class Headers {
  /** Number of the problem that stopped or hurt the decoding (`problems.ts`); 0 is none. */
  problem = 0;
  /** The packet was a plain TCP segment, decoded in one step; used by the decoders only (`plain-tcp.ts`). */
  isPlain = false;
  /** Layer that follows the one just decoded; used between decoders only (`numbers.ts`). */
  next = 0;
  /** Where the packet under decoding ends on the wire, as an offset in the view; used between decoders only. */
  wireEnd = 0;
  /** IPv6 extension headers met in this packet; used between decoders only. */
  extensions = 0;
  /** Tunnels entered whose inside has not decoded yet (`tunnel.ts`), their kind and id; used between decoders only. */
  tunnelsPending = 0;
  pendingKind = 0;
  pendingId = -1;

  // Link layer: of the outermost Ethernet-like header; addresses are zero where the link has none.
  hasMacs = false;
  sourceMacHigh = 0;
  sourceMacLow = 0;
  destinationMacHigh = 0;
  destinationMacLow = 0;
  /** EtherType of the innermost decoded frame's payload; 0 for an LLC frame without SNAP and for unknown links. */
  etherType = 0;
  /** LLC destination and source service access points; -1 without LLC. */
  dsap = -1;
  ssap = -1;
  /** How many 802.1Q/802.1ad tags there were, and the first and last of them whole (16-bit TCI). */
  vlanTags = 0;
  outerTag = 0;
  innerTag = 0;
  /** How many MPLS labels, and the top entry (RFC 3032, 32 bits). */
  mplsLabels = 0;
  mplsTop = 0;
  encapsulations = 0;

  // Network layer: of the innermost network header that decoded.
  /** `NO_ADDRESS`, `MAC_ADDRESS`, `IPV4_ADDRESS` or `IPV6_ADDRESS`: what source and destination hold. */
  addressKind = 0;
  source0 = 0;
  source1 = 0;
  source2 = 0;
  source3 = 0;
  destination0 = 0;
  destination1 = 0;
  destination2 = 0;
  destination3 = 0;
  /** IP protocol or last IPv6 next header; meaningful when `addressKind` is IPv4 or IPv6 and `etherType` says IP. */
  protocol = 0;
  ttl = 0;
  tos = 0;
  ipId = 0;
  ipOptions = 0;
  fragment = 0;
  /** Identification for joining: 16 bits of IPv4, 32 of IPv6. */
  fragmentId = 0;
  /** Offset of this fragment's bytes in the datagram, and whether more follow. */
  fragmentOffset = 0;
  moreFragments = false;
  /** Bytes of this fragment on the wire, above the IP header; meaningful when `fragment` says so. */
  fragmentBytes = 0;
  arpOperation = 0;

  // Transport layer.
  hasPorts = false;
  sourcePort = 0;
  destinationPort = 0;
  tcpFlags = 0;
  tcpSequence = 0;
  tcpAcknowledgement = 0;
  /** Window field as sent, not scaled. */
  tcpWindow = 0;
  tcpOptions = 0;
  /** Window-scale shift of this segment's option, 0–14; -1 when absent. */
  tcpWindowScale = -1;
  /** MSS option; 0 when absent. */
  tcpMss = 0;
  /** Type of the first SCTP chunk, -1 without one, and a bit (1 << type) for each of types 0–14 in the packet. */
  sctpChunk = -1;
  sctpChunks = 0;
  icmpType = 0;
  icmpCode = 0;
  icmpId = 0;
  icmpSequence = 0;
  readonly quoted = new QuotedPacket();
  /** ESP or AH security parameters index and sequence number. */
  spi = 0;
  espSequence = 0;
  /** DNS transaction id of UDP port 53, else -1. */
  dnsId = -1;

  // Tunnel: the outermost addresses and the kind and id of the outermost tunnel; depth 0 is no tunnel that was opened.
  tunnelDepth = 0;
  /** Value of `TUNNEL` (`tunnel.ts`). With depth 0 the packet itself carries a tunnel that is encrypted, and no addresses. */
  tunnelKind = 0;
  /** VNI, key, TEID, session …; -1 where that kind has none or the packet gave none. */
  tunnelId = -1;
  tunnelAddressKind = 0;
  tunnelSource0 = 0;
  tunnelSource1 = 0;
  tunnelSource2 = 0;
  tunnelSource3 = 0;
  tunnelDestination0 = 0;
  tunnelDestination1 = 0;
  tunnelDestination2 = 0;
  tunnelDestination3 = 0;

  // Payload: the bytes above the last decoded header.
  /** First payload byte in the view; equal to `payloadEnd` when nothing was captured. */
  payloadOffset = 0;
  /** Just past the last captured payload byte (padding excluded). */
  payloadEnd = 0;
  /** Payload bytes on the wire, whatever was captured. */
  payloadBytes = 0;
}
