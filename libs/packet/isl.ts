import { ENCAPSULATION, type Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

const HEADER_BYTES = 26;
const VLAN_OFFSET = 20;
const FCS_BYTES = 4;

/** Whether a receiver's address is the one that announces ISL: 01:00:0c:00:00 or 03:00:0c:00:00. */
export function isIslAddress(high: number, low: number): boolean {
  return (high & 0xfdff) === 0x0100 && low >>> 8 === 0x0c0000;
}

/** Cisco's inter-switch link: a header in front of the whole frame, with the frame's own check sequence at the end. */
export function decodeIsl(view: DataView, offset: number, end: number, headers: Headers): number {
  const body = offset + HEADER_BYTES;
  if (body > end) return stop(headers, PROBLEM.islTruncated);
  const tag = view.getUint16(offset + VLAN_OFFSET) >> 1;
  if (headers.vlanTags === 0) headers.outerTag = tag;
  headers.innerTag = tag;
  headers.vlanTags += 1;
  headers.encapsulations |= ENCAPSULATION.isl;
  if (headers.wireEnd - FCS_BYTES >= body) {
    headers.wireEnd -= FCS_BYTES;
    if (headers.wireEnd < headers.payloadEnd) headers.payloadEnd = headers.wireEnd;
  }
  headers.next = NEXT.linkType | LINK.ethernet;
  return body;
}
