import { SCTP_STATE, TCP_STATE } from '../record/fields/field.ts';
import { ETHERTYPE } from '../record/fields/protocol.ts';
import { STORED_FIELDS } from '../record/fields/stored.ts';
import { numberColumn, type KeyPiece } from './key-piece.ts';

/** The protocol as it prints: of IP the one inside, whichever version of IP carries it. */
export const PROTOCOL_PIECE: KeyPiece = {
  bits: 18,
  fill(batch, rows, count, { words, from, step }) {
    const inner = numberColumn(batch, STORED_FIELDS.ipproto.number);
    const outer = numberColumn(batch, STORED_FIELDS.etype.number);
    for (let i = 0, at = from; i < count; i++, at += step) {
      const row = rows[i]!;
      if (inner?.has(row) === true) words[at] = 0x1_0000 | inner.values[row]!;
      else words[at] = outer?.has(row) === true ? outer.values[row]! : 0x2_0000;
    }
    return undefined;
  },
};

const REQUEST_OF: ReadonlyMap<number, number> = new Map([[0, 8], [14, 13], [16, 15], [18, 17], [129, 128], [134, 133], [136, 135]]); // prettier-ignore

/**
 * The request that an answer belongs to (RFC 792, and of ICMPv6, whose types are others, RFC 4443 and 4861); other types
 * are themselves.
 */
export const ICMP_REQUEST: Readonly<Uint8Array> = Uint8Array.from(
  { length: 256 },
  (_, type) => REQUEST_OF.get(type) ?? type,
);

/** Type and code of ICMP: 1 bit for there being any, type of the request, code. */
export const ICMP_PIECE: KeyPiece = {
  bits: 17,
  fill(batch, rows, count, { words, from, step }) {
    const type = numberColumn(batch, STORED_FIELDS.icmptype.number);
    const code = numberColumn(batch, STORED_FIELDS.icmpcode.number);
    if (type === undefined) return 0;
    for (let i = 0, at = from; i < count; i++, at += step) {
      const row = rows[i]!;
      if (!type.has(row)) words[at] = 0;
      else words[at] = 0x1_0000 | (ICMP_REQUEST[type.values[row]!]! << 8) | (code?.has(row) === true ? code.values[row]! : 0); // prettier-ignore
    }
    return undefined;
  },
};

const TCP_HANDSHAKE = TCP_STATE.syn | TCP_STATE.synAck;
const SCTP_HANDSHAKE = SCTP_STATE.init | SCTP_STATE.initAck;

/** One bit: who is the initiator is certain, since the handshake was seen, or the protocol says it (who asks in ARP; ESP has one direction). */
export const CERTAIN_PIECE: KeyPiece = {
  bits: 1,
  fill(batch, rows, count, { words, from, step }) {
    const tcp = numberColumn(batch, STORED_FIELDS.tcpstate.number);
    const sctp = numberColumn(batch, STORED_FIELDS.sctpstate.number);
    const spi = numberColumn(batch, STORED_FIELDS.spi.number);
    const etype = numberColumn(batch, STORED_FIELDS.etype.number);
    for (let i = 0, at = from; i < count; i++, at += step) {
      const row = rows[i]!;
      // Values of rows that have none are not looked at: they may be anything.
      const isCertain =
        (tcp?.has(row) === true && (tcp.values[row]! & TCP_HANDSHAKE) !== 0) ||
        (sctp?.has(row) === true && (sctp.values[row]! & SCTP_HANDSHAKE) !== 0) ||
        spi?.has(row) === true ||
        (etype?.has(row) === true && (etype.values[row] === ETHERTYPE.arp || etype.values[row] === ETHERTYPE.rarp));
      words[at] = isCertain ? 1 : 0;
    }
    return undefined;
  },
};
