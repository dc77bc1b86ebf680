import { ENCAPSULATION, type Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';
import { enterTunnel, TUNNEL } from './tunnel.ts';

const HEADER_2_BYTES = 8;
const HEADER_3_BYTES = 12;
const PLATFORM_BYTES = 8;
const SESSION_MASK = 0x3ff;
const FRAME_TYPE_IP = 2;

/** ERSPAN types II and III, as GRE carries them (draft-foschiano-erspan-03 §4.2, §4.3). */
export function decodeErspan(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_2_BYTES > end) return stop(headers, PROBLEM.erspanTruncated);
  const version = view.getUint8(offset) >> 4;
  const session = view.getUint16(offset + 2) & SESSION_MASK;
  if (version === 1) {
    headers.encapsulations |= ENCAPSULATION.erspan;
    enterTunnel(headers, TUNNEL.erspan2, session, NEXT.linkType | LINK.ethernet);
    return offset + HEADER_2_BYTES;
  }
  if (version !== 2) return stop(headers, PROBLEM.erspanVersion);
  if (offset + HEADER_3_BYTES > end) return stop(headers, PROBLEM.erspanTruncated);
  const last = view.getUint16(offset + 10);
  const isIp = ((last >> 10) & 0x1f) === FRAME_TYPE_IP;
  headers.encapsulations |= ENCAPSULATION.erspan;
  enterTunnel(headers, TUNNEL.erspan3, session, NEXT.linkType | (isIp ? LINK.rawIp : LINK.ethernet));
  return offset + HEADER_3_BYTES + ((last & 1) === 0 ? 0 : PLATFORM_BYTES);
}
