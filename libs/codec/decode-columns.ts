import type { Area } from '../record/builder.ts';
import { AddressColumn, BytesColumn, NumberColumn, TextColumn, type Column } from '../record/columns.ts';
import type { NumericArray } from '../record/kinds.ts';
import type { ChunkReader } from './chunks.ts';
import { decodeNumbers } from './decode-numbers.ts';
import type { Layout, Stream } from './directory.ts';
import { FRAME_BYTES_MAX } from './format.ts';
import { unpackMessage } from './msgpack.ts';
import { FrameProblem } from './problem.ts';

/**
 * Decodes one column into pieces of `area`. Rows without a value get zero.
 * @throws FrameProblem, UnknownEncoding
 */
export function decodeColumn(chunks: ChunkReader, layout: Layout, rows: number, area: Area): Column {
  const { kind, streams } = layout;
  const valid = layout.someAbsent ? readBitmap(chunks, rows, layout.present, area) : undefined;
  switch (kind) {
    case 'address':
      return decodeAddress(chunks, streams, rows, valid, area);
    case 'text':
      return decodeText(chunks, layout, rows, valid, area);
    case 'bytes':
      return decodeBytes(chunks, layout, rows, valid, area);
    case 'u8':
    case 'u16':
    case 'u32':
    case 'bits':
    case 'f64': {
      const values = area.numbers(kind, rows);
      decodeRows(chunks, streams[0]!, values, rows, layout.present, valid);
      return new NumberColumn(kind, values, valid);
    }
  }
}

function readBitmap(chunks: ChunkReader, rows: number, present: number, area: Area): Uint8Array {
  const valid = area.u8((rows + 7) >> 3);
  valid.set(chunks.read(valid.length, spare(valid.length)));
  let count = 0;
  for (let row = 0; row < 8 * valid.length; row++) count += (valid[row >> 3]! >> (row & 7)) & 1;
  if ((rows & 7) !== 0 && valid[valid.length - 1]! >> (rows & 7) !== 0)
    throw new FrameProblem('column: bitmap too long');
  if (count !== present) throw new FrameProblem('column: bitmap does not match its count');
  return valid;
}

/** Decodes the values that there are, then moves each to its row. */
function decodeRows(
  chunks: ChunkReader,
  stream: Stream,
  values: NumericArray,
  rows: number,
  present: number,
  valid: Uint8Array | undefined,
): void {
  decodeNumbers(chunks, stream, values, present);
  if (valid === undefined) return;
  let from = present - 1;
  for (let row = rows - 1; row >= 0; row--) {
    const isPresent = (valid[row >> 3]! >> (row & 7)) & 1;
    values[row] = isPresent === 1 ? values[from]! : 0;
    from -= isPresent;
  }
}

function decodeAddress(
  chunks: ChunkReader,
  streams: readonly Stream[],
  rows: number,
  valid: Uint8Array | undefined,
  area: Area,
): AddressColumn {
  const present = valid === undefined ? rows : countOf(valid);
  const lane = <A extends NumericArray>(stream: Stream, make: (length: number) => A): A => {
    const constant = typeof stream === 'number';
    const values = make(constant ? 1 : rows);
    if (constant) values[0] = stream;
    else decodeRows(chunks, stream, values, rows, present, valid);
    return values;
  };
  const u32 = (length: number): Uint32Array => area.u32(length);
  const family = lane(streams[0]!, (length): Uint8Array => area.u8(length));
  const lanes = [
    lane(streams[1]!, u32),
    lane(streams[2]!, u32),
    lane(streams[3]!, u32),
    lane(streams[4]!, u32),
  ] as const;
  return new AddressColumn(lanes, family, rows, valid);
}

function countOf(valid: Uint8Array): number {
  let count = 0;
  for (let row = 0; row < 8 * valid.length; row++) count += (valid[row >> 3]! >> (row & 7)) & 1;
  return count;
}

function decodeText(
  chunks: ChunkReader,
  layout: Layout,
  rows: number,
  valid: Uint8Array | undefined,
  area: Area,
): TextColumn {
  const packed = chunks.read(layout.extraBytes, spare(layout.extraBytes));
  const dictionary = unpackMessage(packed, 1);
  if ('problem' in dictionary) throw new FrameProblem(`texts: ${dictionary.problem}`);
  const texts = dictionary.value;
  if (!Array.isArray(texts) || texts.length > layout.present || !texts.every((text) => typeof text === 'string'))
    throw new FrameProblem('texts: not a list of texts');
  const index = area.u16(rows);
  decodeRows(chunks, layout.streams[0]!, index, rows, layout.present, valid);
  return new TextColumn(index, texts as string[], valid);
}

function decodeBytes(
  chunks: ChunkReader,
  layout: Layout,
  rows: number,
  valid: Uint8Array | undefined,
  area: Area,
): BytesColumn {
  const ends = area.u32(rows);
  decodeRows(chunks, layout.streams[0]!, ends, rows, layout.present, valid);
  let end = 0;
  for (let row = 0; row < rows; row++) {
    end += ends[row]!;
    if (end > layout.extraBytes) throw new FrameProblem('bytes: lengths exceed the blob');
    ends[row] = end;
  }
  if (end !== layout.extraBytes) throw new FrameProblem('bytes: lengths fall short of the blob');
  const blob = area.u8(layout.extraBytes);
  const stored = chunks.read(layout.extraBytes, blob);
  if (stored.buffer !== blob.buffer) blob.set(stored);
  return new BytesColumn(ends, blob, valid);
}

let spareBytes = new Uint8Array(1 << 16);

/** Scratch of at least `length` bytes, kept while it is of usual size. */
function spare(length: number): Uint8Array {
  if (length > FRAME_BYTES_MAX) throw new FrameProblem('column: too large');
  if (length <= spareBytes.length) return spareBytes;
  const larger = new Uint8Array(length);
  if (length <= 1 << 20) spareBytes = larger;
  return larger;
}
