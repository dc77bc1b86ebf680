import type { PossibleNumbers } from '../record/deferred.ts';
import { isNumeric, type NumericKind } from '../record/kinds.ts';
import { ChunkReader } from './chunks.ts';
import { decodeNumbers, dictionarySize, innerStream, packing } from './decode-numbers.ts';
import type { Stream } from './directory.ts';
import { DICTIONARY_MAX } from './encode-dictionary.ts';
import { ENCODING } from './format.ts';
import type { Place } from './plan.ts';

/** Greatest number of the kinds whose streams are of words. */
const GREATEST: Readonly<Partial<Record<NumericKind, number>>> = {
  u8: 0xff,
  u16: 0xffff,
  u32: 0xffff_ffff,
  bits: 0xffff_ffff,
};

/** Where a stream of planes tells which bits are set in any of its values. */
const PACKED_BITS = 4;

const chunks = new ChunkReader();
const dictionary = new Uint32Array(DICTIONARY_MAX);

/**
 * What numbers a column can have, of which no more than a dictionary is read.
 * @param body of the frame
 * @returns valid until the next one is asked for; undefined where there is no telling
 * @throws FrameProblem, UnknownEncoding
 */
export function possibleNumbers(body: Uint8Array, { entry, head, layout, offset }: Place): PossibleNumbers | undefined {
  if (layout === undefined || !isNumeric(layout.kind) || head.like !== undefined) return undefined;
  chunks.open(body, offset, entry[2], Number(head.form === 'own') + Number(head.hasCopies));
  return inColumn(layout.streams[0]!, layout.kind);
}

function inColumn(stream: Stream, kind: NumericKind): PossibleNumbers | undefined {
  if (typeof stream === 'number') return { least: stream, greatest: stream, bits: stream, values: [stream] };
  const most = GREATEST[kind];
  if (most === undefined) return undefined;
  const possible = inStream(stream);
  // What is greater wraps.
  return possible !== undefined && possible.greatest <= most ? possible : undefined;
}

function inStream(stream: readonly Stream[]): PossibleNumbers | undefined {
  switch (stream[0]) {
    case ENCODING.packed: {
      const { bits, base } = packing(stream);
      const told = stream[PACKED_BITS];
      const greatest = base + 2 ** bits - 1;
      if (base < 0) return undefined;
      return { least: base, greatest, bits: typeof told === 'number' ? told : bitsUpTo(greatest), values: undefined };
    }
    case ENCODING.dictionary: {
      const values = dictionary.subarray(0, dictionarySize(stream));
      decodeNumbers(chunks, innerStream(stream), values, values.length);
      return among(values);
    }
    default:
      return undefined;
  }
}

/** All bits that numbers up to this one have. */
const bitsUpTo = (greatest: number): number => (greatest < 1 ? 0 : 0xffff_ffff >>> Math.clz32(greatest));

function among(values: Uint32Array): PossibleNumbers {
  let least = values[0]!;
  let greatest = least;
  let bits = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    bits |= value;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return { least, greatest, bits: bits >>> 0, values };
}
