import type { Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { looksLikeIp } from './plausible.ts';
import { enterTunnel, TUNNEL } from './tunnel.ts';

const HEADER_BYTES = 8;
const HAS_INSTANCE = 0x08;

/** LISP data packets (RFC 9300 §5.3). */
export function decodeLisp(view: DataView, offset: number, end: number, headers: Headers): number {
  const body = offset + HEADER_BYTES;
  if (body > end || !looksLikeIp(view, body, end, headers)) return -1;
  const hasInstance = (view.getUint8(offset) & HAS_INSTANCE) !== 0;
  enterTunnel(headers, TUNNEL.lisp, hasInstance ? view.getInt32(offset + 4) >>> 8 : -1, NEXT.linkType | LINK.rawIp);
  return body;
}
