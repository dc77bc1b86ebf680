import type { Headers } from './headers.ts';
import { note, PROBLEM, stop } from './problems.ts';
import { readQuoted } from './quoted.ts';

const HEADER_BYTES = 8;
const UNREACHABLE = 3;
const REDIRECT = 5;

/** What the second word of the header is, by type (IANA "icmp-parameters"). */
const HAS_ID = 1;
const HAS_QUOTE = 2;
const FORMS = new Uint8Array(256);
for (const type of [0, 8, 13, 14, 15, 16, 17, 18, 42, 43]) FORMS[type] = HAS_ID;
for (const type of [3, 4, 5, 11, 12]) FORMS[type] = HAS_QUOTE;

/**
 * ICMP (RFC 792). In an error `icmpId` tells apart what would else be one flow: the quoted port of "port unreachable", the
 * quoted protocol of "protocol unreachable", the upper half of the quoted destination where a net or a host is meant.
 */
export function decodeIcmp(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + 2 > end) return stop(headers, PROBLEM.icmpTruncated);
  const type = view.getUint8(offset);
  headers.icmpType = type;
  headers.icmpCode = view.getUint8(offset + 1);
  const body = offset + HEADER_BYTES;
  if (body > end) {
    note(headers, PROBLEM.icmpTruncated);
    return body;
  }
  const form = FORMS[type]!;
  if (form === HAS_ID) {
    headers.icmpId = view.getUint16(offset + 4);
    headers.icmpSequence = view.getUint16(offset + 6);
  } else if (form === HAS_QUOTE) {
    if (readQuoted(view, body, end, headers.quoted)) headers.icmpId = distinction(headers);
    else note(headers, PROBLEM.icmpQuote);
  }
  return body;
}

function distinction(headers: Headers): number {
  const { quoted } = headers;
  if (headers.icmpType === REDIRECT) return quoted.destination3 >>> 16;
  if (headers.icmpType !== UNREACHABLE) return 0;
  switch (headers.icmpCode) {
    case 0:
    case 1:
      return quoted.destination3 >>> 16;
    case 2:
      return quoted.protocol;
    case 3:
      return quoted.destinationPort;
    default:
      return 0;
  }
}
