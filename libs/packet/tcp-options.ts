import { TCP_OPTION, type Headers } from './headers.ts';
import { note, PROBLEM } from './problems.ts';

/** What most segments carry: two no-operations and a timestamp option of 10 bytes; header length with it. */
export const TIMESTAMP_ALONE = 0x0101080a;
export const TIMESTAMP_BYTES = 32;

const END_OF_OPTIONS = 0;
const NO_OPERATION = 1;
const MSS = 2;
const WINDOW_SCALE = 3;
const SCALE_MAX = 14;

/** Bit by option kind (IANA "tcp-parameters"); kinds above are unknown. */
const BITS = new Uint16Array(256).fill(TCP_OPTION.unknown);
for (const [kind, bit] of [
  [2, TCP_OPTION.mss],
  [3, TCP_OPTION.windowScale],
  [4, TCP_OPTION.sackPermitted],
  [5, TCP_OPTION.sack],
  [6, TCP_OPTION.echo],
  [7, TCP_OPTION.echoReply],
  [8, TCP_OPTION.timestamp],
  [11, TCP_OPTION.cc],
  [12, TCP_OPTION.ccNew],
  [13, TCP_OPTION.ccEcho],
  [19, TCP_OPTION.md5],
  [30, TCP_OPTION.multipath],
  [34, TCP_OPTION.fastOpen],
] as const) {
  BITS[kind] = bit;
}

/**
 * Reads the options that were captured, at most 40 bytes.
 * @param body where the header ends
 * @param end where the captured part of the header ends, not beyond `body`
 */
export function readTcpOptions(view: DataView, offset: number, body: number, end: number, headers: Headers): void {
  let found = 0;
  for (let at = offset; at < end;) {
    const kind = view.getUint8(at);
    if (kind === END_OF_OPTIONS) break;
    if (kind === NO_OPERATION) {
      at += 1;
      continue;
    }
    if (at + 2 > end) {
      if (end === body) note(headers, PROBLEM.tcpOptions);
      break;
    }
    const bytes = view.getUint8(at + 1);
    if (bytes < 2 || at + bytes > body) {
      note(headers, PROBLEM.tcpOptions);
      break;
    }
    found |= BITS[kind]!;
    if (kind === MSS && bytes === 4 && at + 4 <= end) headers.tcpMss = view.getUint16(at + 2);
    if (kind === WINDOW_SCALE && bytes === 3 && at + 3 <= end) {
      headers.tcpWindowScale = Math.min(view.getUint8(at + 2), SCALE_MAX);
    }
    at += bytes;
  }
  headers.tcpOptions = found;
}
