/** Words summed before the sum is carried over: as many as stay below 2^31. */
const BLOCK_WORDS = 32_768;

/** Adds the bytes of [offset, end) to `sum` as 16-bit words, an odd one padded with zero (RFC 1071 §1). */
export function addWords(view: DataView, offset: number, end: number, sum: number): number {
  let total = sum;
  let at = offset;
  while (at + 1 < end) {
    const blockEnd = Math.min(end - 1, at + BLOCK_WORDS * 2);
    let block = 0;
    for (; at < blockEnd; at += 2) block = (block + view.getUint16(at)) | 0;
    total += block;
  }
  if (at < end) total += view.getUint8(at) << 8;
  return total;
}

/** The Internet checksum of what was summed up (RFC 1071). Exact while the sum is below 2^48. */
export function foldChecksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}
