import { takeType } from './ethernet.ts';
import { ENCAPSULATION, type Headers } from './headers.ts';
import { PROBLEM, stop } from './problems.ts';

const TAG_BYTES = 4;

/** One tag of 802.1Q or 802.1ad (IEEE 802.1Q §9.6); stacked tags come here one by one. */
export function decodeVlan(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + TAG_BYTES > end) return stop(headers, PROBLEM.vlanTruncated);
  const tag = view.getUint16(offset);
  if (headers.vlanTags === 0) headers.outerTag = tag;
  headers.innerTag = tag;
  headers.vlanTags += 1;
  headers.encapsulations |= ENCAPSULATION.vlan;
  return takeType(view.getUint16(offset + 2), offset + TAG_BYTES, headers);
}
