import type { Headers } from './headers.ts';
import { note, PROBLEM, stop } from './problems.ts';
import { readQuoted } from './quoted.ts';

const HEADER_BYTES = 8;
const UNREACHABLE = 1;
const ERROR_TYPE_MAX = 127;
const ECHO_REQUEST = 128;
const ECHO_REPLY = 129;
const REDIRECT = 137;
const REDIRECT_BYTES = 40;
const OPTION_REDIRECTED_HEADER = 4;
const OPTIONS_MAX = 8;

/** ICMPv6 (RFC 4443) with the redirect of neighbour discovery (RFC 4861 §4.5). `icmpId` of errors as in ICMP. */
export function decodeIcmp6(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + 2 > end) return stop(headers, PROBLEM.icmp6Truncated);
  const type = view.getUint8(offset);
  headers.icmpType = type;
  headers.icmpCode = view.getUint8(offset + 1);
  const body = offset + HEADER_BYTES;
  if (body > end) {
    note(headers, PROBLEM.icmp6Truncated);
    return body;
  }
  if (type === ECHO_REQUEST || type === ECHO_REPLY) {
    headers.icmpId = view.getUint16(offset + 4);
    headers.icmpSequence = view.getUint16(offset + 6);
  } else if (type <= ERROR_TYPE_MAX) {
    if (readQuoted(view, body, end, headers.quoted)) headers.icmpId = distinction(headers);
    else note(headers, PROBLEM.icmpQuote);
  } else if (type === REDIRECT) {
    readRedirect(view, offset, end, headers);
  }
  return body;
}

/** The last 16 bits of an IPv6 destination distinguish, where the first 16 of an IPv4 one do. */
function distinction(headers: Headers): number {
  const { quoted } = headers;
  if (headers.icmpType !== UNREACHABLE) return 0;
  switch (headers.icmpCode) {
    case 0:
    case 3:
      return quoted.destination3 & 0xffff;
    case 4:
      return quoted.destinationPort;
    default:
      return 0;
  }
}

/** The quoted packet is an option here (RFC 4861 §4.6.3), and may be absent. */
function readRedirect(view: DataView, offset: number, end: number, headers: Headers): void {
  if (offset + REDIRECT_BYTES > end) return note(headers, PROBLEM.icmp6Truncated);
  headers.icmpId = view.getUint16(offset + REDIRECT_BYTES - 2);
  let at = offset + REDIRECT_BYTES;
  for (let count = 0; count < OPTIONS_MAX && at + 8 <= end; count++) {
    const optionEnd = at + view.getUint8(at + 1) * 8;
    if (optionEnd === at) return;
    if (view.getUint8(at) === OPTION_REDIRECTED_HEADER) {
      if (!readQuoted(view, at + 8, Math.min(optionEnd, end), headers.quoted)) note(headers, PROBLEM.icmpQuote);
      return;
    }
    at = optionEnd;
  }
}
