import {
  IPV4_ADDRESS,
  IPV6_ADDRESS,
  LATER_FRAGMENT,
  MAC_ADDRESS,
  NO_ADDRESS,
  TCP_FLAG,
  QuotedPacket,
  type Headers,
} from '../packet/headers.ts';

import { SCTP_CHUNK } from './sctp.ts';

/** What kind of key it is: bits 8–11 of `extra`. */
export const KEY_KIND = {
  none: 0,
  ip4: 1,
  ip6: 2,
  arp: 3,
  ether: 4,
  llc: 5,
  fragment4: 6,
  fragment6: 7,
  arpMac: 8,
} as const;
/** Bits of `extra` beside protocol (0–7), kind (8–11) and id (16–31). */
export const EXTRA_HAS_PORTS = 1 << 12;
export const EXTRA_HAS_DNS = 1 << 13;

export const PROTOCOL = { icmp: 1, igmp: 2, tcp: 6, udp: 17, esp: 50, ah: 51, icmp6: 58, sctp: 132 } as const;

const SYN_ACK = TCP_FLAG.syn | TCP_FLAG.ack;
const ARP = 0x0806;
const RARP = 0x8035;

const NO_REQUEST = 255;
/** Answer types that fold onto their requests: ICMP by type, ICMPv6 by type. 255 is no answer. */
const ICMP_REQUEST_OF = foldTable([[0, 8], [14, 13], [16, 15], [18, 17]]); // prettier-ignore
const ICMP6_REQUEST_OF = foldTable([[129, 128], [134, 133], [136, 135]]); // prettier-ignore

function foldTable(pairs: readonly (readonly [number, number])[]): Uint8Array {
  const table = new Uint8Array(256).fill(NO_REQUEST);
  for (const [answer, request] of pairs) table[answer] = request;
  return table;
}

/** Has no addresses. */
const NOWHERE = new QuotedPacket();

/**
 * The key of a packet's flow: both directions of a flow give the same key, the lesser address first. One reused object;
 * all members are signed 32-bit integers.
 */
export class FlowKey {
  a0 = 0;
  a1 = 0;
  a2 = 0;
  a3 = 0;
  b0 = 0;
  b1 = 0;
  b2 = 0;
  b3 = 0;
  /** Ports of a and b; ICMP id and sequence; SPI; SAPs; EtherType; fragment identification. */
  ports = 0;
  /** `protocol | kind << 8 | flags | id << 16`, where id is the ICMP type and code or the DNS transaction. */
  extra = 0;
  hash = 0;
  /** The packet went from b to a. */
  fromB = false;
  /** By its nature the packet answers: whoever it is sent to is the initiator. */
  isAnswer = false;
  readonly #seed: number;

  /** @param seed of the hash, so that keys that collide here do not collide elsewhere */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The key of the flow that the packet belongs to. */
  ofPacket(h: Headers, linkType: number): void {
    if (h.addressKind === IPV4_ADDRESS && h.hasPorts) return this.#ofIpv4Ports(h);
    this.isAnswer = false;
    if (h.etherType === ARP || h.etherType === RARP) return this.#ofArp(h);
    switch (h.addressKind) {
      case IPV4_ADDRESS:
      case IPV6_ADDRESS:
        return this.#ofIp(h);
      case MAC_ADDRESS:
        return this.#ofFrame(h);
      case NO_ADDRESS:
      default:
        this.#between(NOWHERE, 0, 0);
        this.#finish(linkType, KEY_KIND.none << 8);
    }
  }

  /** What `#ofIp` does, for nearly all packets there are. */
  #ofIpv4Ports(h: Headers): void {
    const { source3, destination3, sourcePort, destinationPort, protocol, dnsId } = h;
    const fromB = source3 === destination3 ? sourcePort > destinationPort : source3 >>> 0 > destination3 >>> 0;
    const a = fromB ? destination3 : source3;
    const b = fromB ? source3 : destination3;
    const ports = fromB ? (destinationPort << 16) | sourcePort : (sourcePort << 16) | destinationPort;
    let extra = protocol | (KEY_KIND.ip4 << 8) | EXTRA_HAS_PORTS;
    if (dnsId >= 0) extra |= EXTRA_HAS_DNS | (dnsId << 16);
    this.a0 = 0;
    this.a1 = 0;
    this.a2 = 0xffff;
    this.a3 = a;
    this.b0 = 0;
    this.b1 = 0;
    this.b2 = 0xffff;
    this.b3 = b;
    this.ports = ports;
    this.extra = extra;
    this.fromB = fromB;
    this.isAnswer = acceptsConnection(h);
    this.hash = finished(mix(mix(mix(mix(this.#seed, a), b), ports), extra));
  }

  #ofIp(h: Headers): void {
    const kind = h.addressKind === IPV4_ADDRESS ? KEY_KIND.ip4 : KEY_KIND.ip6;
    if (h.fragment === LATER_FRAGMENT) return this.ofFragment(h);
    let extra = h.protocol | (kind << 8);
    if (h.hasPorts) {
      extra |= EXTRA_HAS_PORTS;
      if (h.dnsId >= 0) extra |= EXTRA_HAS_DNS | (h.dnsId << 16);
      this.isAnswer = acceptsConnection(h);
      this.#between(h, h.sourcePort, h.destinationPort);
      const ports = this.fromB ? (h.destinationPort << 16) | h.sourcePort : (h.sourcePort << 16) | h.destinationPort;
      return this.#finish(ports, extra);
    }
    let ports = 0;
    if (h.protocol === PROTOCOL.icmp || h.protocol === PROTOCOL.icmp6) {
      const request = (h.protocol === PROTOCOL.icmp ? ICMP_REQUEST_OF : ICMP6_REQUEST_OF)[h.icmpType]!;
      this.isAnswer = request !== NO_REQUEST;
      extra |= ((this.isAnswer ? request : h.icmpType) << 24) | (h.icmpCode << 16);
      ports = (h.icmpId << 16) | (h.quoted.present ? h.quoted.protocol : h.icmpSequence);
    } else if (h.protocol === PROTOCOL.esp) {
      ports = h.spi;
    } else if (h.protocol === PROTOCOL.igmp) {
      extra |= h.icmpType << 24;
    }
    this.#between(h, 0, 0);
    if (this.isAnswer && this.#sameAddresses()) this.fromB = true;
    this.#finish(ports, extra);
  }

  /** The key under which the fragments of one datagram are remembered. It does not fold directions. */
  ofFragment(h: Headers): void {
    const kind = h.addressKind === IPV4_ADDRESS ? KEY_KIND.fragment4 : KEY_KIND.fragment6;
    this.isAnswer = false;
    this.#between(h, 0, 0);
    this.#finish(h.fragmentId, h.protocol | (kind << 8) | (this.fromB ? 1 << 16 : 0));
  }

  /** The key of the flow that an ICMP error quotes; `fromB` is the direction of the quoted packet. */
  ofQuoted(q: QuotedPacket): void {
    const kind = q.addressKind === IPV4_ADDRESS ? KEY_KIND.ip4 : KEY_KIND.ip6;
    let extra = q.protocol | (kind << 8);
    let ports = 0;
    this.isAnswer = false;
    if (q.hasPorts) {
      extra |= EXTRA_HAS_PORTS;
      if (q.dnsId >= 0) extra |= EXTRA_HAS_DNS | (q.dnsId << 16);
      this.#between(q, q.sourcePort, q.destinationPort);
      ports = this.fromB ? (q.destinationPort << 16) | q.sourcePort : (q.sourcePort << 16) | q.destinationPort;
    } else {
      this.#between(q, 0, 0);
      if (q.icmpType >= 0) {
        const request = (q.protocol === PROTOCOL.icmp ? ICMP_REQUEST_OF : ICMP6_REQUEST_OF)[q.icmpType]!;
        extra |= (request === NO_REQUEST ? q.icmpType : request) << 24;
        ports = (q.icmpId << 16) | q.icmpSequence;
      } else if (q.protocol === PROTOCOL.esp) {
        ports = q.spi;
      }
    }
    this.#finish(ports, extra);
  }

  #ofArp(h: Headers): void {
    const kind = h.addressKind === MAC_ADDRESS ? KEY_KIND.arpMac : KEY_KIND.arp;
    this.isAnswer = h.arpOperation === 2 || h.arpOperation === 4;
    this.#between(h, 0, 0);
    if (this.isAnswer && this.#sameAddresses()) this.fromB = true;
    this.#finish(h.etherType, kind << 8);
  }

  #ofFrame(h: Headers): void {
    if (h.dsap >= 0) {
      this.#between(h, h.ssap, h.dsap);
      const saps = this.fromB ? (h.dsap << 16) | h.ssap : (h.ssap << 16) | h.dsap;
      this.#finish(saps, (KEY_KIND.llc << 8) | EXTRA_HAS_PORTS);
    } else {
      this.#between(h, 0, 0);
      this.#finish(h.etherType, KEY_KIND.ether << 8);
    }
  }

  #sameAddresses(): boolean {
    return this.a3 === this.b3 && this.a2 === this.b2 && this.a1 === this.b1 && this.a0 === this.b0;
  }

  /** Takes over the addresses, the lesser first; the ports decide between equal ones. */
  #between(h: Headers | QuotedPacket, sourcePort: number, destinationPort: number): void {
    let source = h.source0;
    let destination = h.destination0;
    if (source === destination) [source, destination] = [h.source1, h.destination1];
    if (source === destination) [source, destination] = [h.source2, h.destination2];
    if (source === destination) [source, destination] = [h.source3, h.destination3];
    this.fromB = source === destination ? sourcePort > destinationPort : source >>> 0 > destination >>> 0;
    this.a0 = this.fromB ? h.destination0 : h.source0;
    this.a1 = this.fromB ? h.destination1 : h.source1;
    this.a2 = this.fromB ? h.destination2 : h.source2;
    this.a3 = this.fromB ? h.destination3 : h.source3;
    this.b0 = this.fromB ? h.source0 : h.destination0;
    this.b1 = this.fromB ? h.source1 : h.destination1;
    this.b2 = this.fromB ? h.source2 : h.destination2;
    this.b3 = this.fromB ? h.source3 : h.destination3;
  }

  #finish(ports: number, extra: number): void {
    this.ports = ports | 0;
    this.extra = extra | 0;
    let hash = this.#seed;
    const kind = (extra >> 8) & 15;
    if (kind !== KEY_KIND.ip4) {
      hash = mix(mix(mix(hash, this.a0), this.a1), this.a2);
      hash = mix(mix(mix(hash, this.b0), this.b1), this.b2);
    }
    this.hash = finished(mix(mix(mix(mix(hash, this.a3), this.b3), this.ports), this.extra));
  }
}

/** SYN-ACK, or INIT-ACK of SCTP. */
function acceptsConnection(h: Headers): boolean {
  return h.protocol === PROTOCOL.tcp
    ? (h.tcpFlags & SYN_ACK) === SYN_ACK
    : h.protocol === PROTOCOL.sctp && (h.sctpChunks & SCTP_CHUNK.initAck) !== 0;
}

function finished(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 12);
}

/** One step of MurmurHash3's body. */
function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51 | 0);
  k = (k << 15) | (k >>> 17);
  hash ^= Math.imul(k, 0x1b873593);
  hash = (hash << 13) | (hash >>> 19);
  return (Math.imul(hash, 5) + 0xe6546b64) | 0;
}
