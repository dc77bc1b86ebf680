import type { Headers } from './headers.ts';
import { NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

const TAG_BYTES = 6;
const CHANNEL_BYTES = 8;
const CHECK_BYTES = 16;
const HAS_CHANNEL = 0x20;
const ENCRYPTED_OR_CHANGED = 0x0c;

/** MACsec (IEEE 802.1AE §9.3): what is protected but not encrypted goes on with an EtherType. */
export function decodeMacsec(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + TAG_BYTES > end) return stop(headers, PROBLEM.macsecTruncated);
  const control = view.getUint8(offset);
  const type = offset + TAG_BYTES + ((control & HAS_CHANNEL) === 0 ? 0 : CHANNEL_BYTES);
  if ((control & ENCRYPTED_OR_CHANGED) !== 0) return type;
  const body = type + 2;
  if (body > end || headers.wireEnd - CHECK_BYTES < body) return stop(headers, PROBLEM.macsecTruncated);
  headers.wireEnd -= CHECK_BYTES;
  if (headers.wireEnd < headers.payloadEnd) headers.payloadEnd = headers.wireEnd;
  headers.etherType = view.getUint16(type);
  headers.next = NEXT.etherType | headers.etherType;
  return body;
}
