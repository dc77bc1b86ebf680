/** First bytes of what people hand to a record reader by mistake. */
const SIGNATURES: readonly { readonly bytes: readonly number[]; readonly at?: number; readonly kind: ForeignKind }[] = [
  { bytes: [0xa1, 0xb2, 0xc3, 0xd4], kind: 'capture' },
  { bytes: [0xd4, 0xc3, 0xb2, 0xa1], kind: 'capture' },
  { bytes: [0xa1, 0xb2, 0x3c, 0x4d], kind: 'capture' },
  { bytes: [0x4d, 0x3c, 0xb2, 0xa1], kind: 'capture' },
  { bytes: [0x0a, 0x0d, 0x0d, 0x0a], kind: 'capture' },
  { bytes: [0xe5, 0x61, 0x7a, 0xcb], at: 8, kind: 'argus2' },
];

type ForeignKind = 'capture' | 'argus2';

const WORDS = {
  capture: { reason: 'this is a packet capture', hint: (file) => `Make records of it: argus -r ${file} -w - | ra` },
  argus2: {
    reason: 'records in the format of Argus 2',
    hint: () => 'Convert them to those of Argus 3 with ra of Argus 2.0.6 or 3.0.',
  },
} as const satisfies Record<ForeignKind, { reason: string; hint: (file: string) => string }>;

/**
 * What a file that does not hold our records holds instead, if it is something well known.
 * @param start its first bytes, twelve of them unless there are fewer
 */
export function foreignFormat(start: Uint8Array, file: string): { reason: string; hint: string } | undefined {
  const found = SIGNATURES.find(({ bytes, at = 0 }) => bytes.every((byte, i) => start[at + i] === byte));
  if (found === undefined) return undefined;
  const { reason, hint } = WORDS[found.kind];
  return { reason, hint: hint(file === '-' ? 'FILE' : file) };
}
