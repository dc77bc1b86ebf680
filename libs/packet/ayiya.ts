import type { Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { looksLikeIp } from './plausible.ts';
import { enterTunnel, TUNNEL } from './tunnel.ts';

const HEADER_BYTES = 8;
const OPERATION_FORWARD = 1;

/** AYIYA (draft-massar-v6ops-ayiya-02 §3): an identity and a signature whose lengths the header tells, then IP. */
export function decodeAyiya(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES > end) return -1;
  const identityBytes = 1 << (view.getUint8(offset) >> 4);
  const signatureBytes = (view.getUint8(offset + 1) >> 4) * 4;
  if ((view.getUint8(offset + 2) & 15) !== OPERATION_FORWARD) return -1;
  const body = offset + HEADER_BYTES + identityBytes + signatureBytes;
  if (!looksLikeIp(view, body, end, headers)) return -1;
  enterTunnel(headers, TUNNEL.ayiya, -1, NEXT.linkType | LINK.rawIp);
  return body;
}
