export type Packing = 'gzip' | 'zstd';

/** First bytes of a file that are needed to tell how it is packed. */
export const PACKED_MAGIC_BYTES = 4;

/**
 * How a file is packed by its first bytes: gzip (RFC 1952 §2.3.1), zstd (RFC 8878 §3.1.1), or not.
 * @param first the first `PACKED_MAGIC_BYTES` of the file, or all if there are fewer
 */
export function packingOf(first: Uint8Array): Packing | undefined {
  if (first[0] === 0x1f && first[1] === 0x8b) return 'gzip';
  const isZstd = first[0] === 0x28 && first[1] === 0xb5 && first[2] === 0x2f && first[3] === 0xfd;
  return isZstd ? 'zstd' : undefined;
}
