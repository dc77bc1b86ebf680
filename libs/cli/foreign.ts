/** First bytes of what people hand to a record reader by mistake. */
const SIGNATURES: readonly { readonly bytes: readonly number[]; readonly at?: number; readonly kind: ForeignKind }[] = [
  { bytes: [0xa1, 0xb2, 0xc3, 0xd4], kind: 'capture' },
  { bytes: [0xd4, 0xc3, 0xb2, 0xa1], kind: 'capture' },
  { bytes: [0xa1, 0xb2, 0x3c, 0x4d], kind: 'capture' },
  { bytes: [0x4d, 0x3c, 0xb2, 0xa1], kind: 'capture' },
  { bytes: [0x0a, 0x0d, 0x0d, 0x0a], kind: 'capture' },
  { bytes: [0x1f, 0x8b], kind: 'gzip' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], kind: 'zstd' },
  { bytes: [0x42, 0x5a, 0x68], kind: 'bzip2' },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], kind: 'xz' },
  { bytes: [0xe5, 0x71], at: 8, kind: 'argus' },
];

type ForeignKind = 'capture' | 'gzip' | 'zstd' | 'bzip2' | 'xz' | 'argus';

const WORDS = {
  capture: { reason: 'this is a packet capture', hint: (file) => `Make records of it: argus -r ${file} -w - | ra` },
  gzip: { reason: 'compressed with gzip', hint: (file) => `Unpack it on the way: gzip -dc ${file} | ra` },
  zstd: { reason: 'compressed with zstd', hint: (file) => `Unpack it on the way: zstd -dc ${file} | ra` },
  bzip2: { reason: 'compressed with bzip2', hint: (file) => `Unpack it on the way: bzip2 -dc ${file} | ra` },
  xz: { reason: 'compressed with xz', hint: (file) => `Unpack it on the way: xz -dc ${file} | ra` },
  argus: { reason: 'records in the format of Argus 3 or 5, which cannot be read yet', hint: () => '' },
} as const satisfies Record<ForeignKind, { reason: string; hint: (file: string) => string }>;

/** Enough bytes of a file for `foreignFormat`. */
export const SIGNATURE_BYTES = 10;

/**
 * What a file that does not hold our records holds instead, if it is something well known.
 * @param start its first bytes, up to `SIGNATURE_BYTES`
 */
export function foreignFormat(start: Uint8Array, file: string): { reason: string; hint: string } | undefined {
  const found = SIGNATURES.find(({ bytes, at = 0 }) => bytes.every((byte, i) => start[at + i] === byte));
  if (found === undefined) return undefined;
  const { reason, hint } = WORDS[found.kind];
  return { reason, hint: hint(file === '-' ? 'FILE' : file) };
}
