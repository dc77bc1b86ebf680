/** Adds the bytes of [offset, end) to `sum` as 16-bit words, an odd one padded with zero (RFC 1071 §1). */
export function addWords(view: DataView, offset: number, end: number, sum: number): number {
  let total = sum;
  let at = offset;
  for (; at + 1 < end; at += 2) total += view.getUint16(at);
  if (at < end) total += view.getUint8(at) << 8;
  return total;
}

/** The Internet checksum of what was summed up (RFC 1071). Exact while the sum is below 2^48. */
export function foldChecksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}
