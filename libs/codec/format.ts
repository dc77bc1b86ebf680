import { crc32 } from 'node:zlib';
import { BATCH_ROWS_MAX } from '../record/batch.ts';
import type { Kind } from '../record/kinds.ts';

/**
 * The frame: 24 bytes of header, then the envelope, then the bytes of the columns. `docs/formats/records.md` describes all
 * of it byte by byte. Everything is little-endian.
 */
export const HEADER_BYTES = 24;

/** `PANO`, read as a little-endian u32. */
const MAGIC = 0x4f4e_4150;

/** A reader refuses a higher major version; a higher minor one only adds what it can skip. */
export const FORMAT_MAJOR = 1;
export const FORMAT_MINOR = 1;

/** Flag: envelope and columns together are one zstd frame. */
export const FLAG_WHOLE = 1;

/** Frames with fewer rows than this are compressed whole, larger ones column by column. */
export const WHOLE_ROWS_BELOW = 1024;
/** Most bytes that a frame compressed whole holds. */
export const WHOLE_BYTES_MAX = 1 << 20;
/** Most bytes of a frame, and most bytes that its columns decode to. */
export const FRAME_BYTES_MAX = 64 << 20;
/** Most bytes of the envelope. */
export const ENVELOPE_BYTES_MAX = 1 << 20;
/** Most bytes of payload, or of texts, per row of a frame. */
export const ROW_BYTES_MAX = 1 << 16;

/** Codes of the kinds in a column's directory entry. Never reused. */
export const KIND_CODES = {
  u8: 1,
  u16: 2,
  u32: 3,
  f64: 4,
  bits: 5,
  address: 6,
  text: 7,
  bytes: 8,
} as const satisfies Record<Kind, number>;

/** Added to a kind's code when some rows have no value; the first chunk is then the validity bitmap. */
export const OWN_BITMAP = 16;
/** Added when some rows have no value, the same as in another column of the frame, whose bitmap counts. */
export const SHARED_BITMAP = 32;
/** Added when values that repeat within a flow are stored once; see `copies.ts`. */
export const COPIES = 64;
/** Added when values that are those of another column are not stored; see `like.ts`. */
export const LIKE = 128;

/** How the numbers of a stream are encoded; a stream of equal numbers is that number itself. Never reused. */
export const ENCODING = {
  /** The values as they are. */
  plain: 1,
  /** (value - base) / divisor, in byte planes; of words that are bits all that are set in any may be told, too. */
  packed: 2,
  /** Steps from value to value, none negative, divided and in byte planes. */
  ascending: 3,
  /** Steps from value to value, zigzag, divided and in byte planes. */
  delta: 4,
  /** Up to 256 different values, then a plane of their numbers. */
  dictionary: 5,
  /** The eight bytes of IEEE 754 doubles, in byte planes. */
  byteSplit: 6,
  /** A lane of addresses that goes by their family: families and values in turn. */
  byFamily: 7,
  /** 257 to 4,096 different words, then planes of their numbers. */
  wideDictionary: 8,
} as const;

export interface Header {
  readonly major: number;
  readonly minor: number;
  readonly kind: number;
  readonly flags: number;
  readonly rows: number;
  /** Bytes after the header. */
  readonly bodyBytes: number;
  /** Bytes of the envelope before compression. */
  readonly envelopeBytes: number;
}

/** Whether `bytes[offset …]` can be the start of a frame, as far as there are bytes. */
export function startsLikeFrame(bytes: Uint8Array, offset: number): boolean {
  const known = Math.min(4, bytes.length - offset);
  for (let i = 0; i < known; i++) if (bytes[offset + i] !== ((MAGIC >>> (8 * i)) & 255)) return false;
  return true;
}

/** Reads the 24 bytes at `offset`, which must be there, without judging them. */
export function readHeader(bytes: Uint8Array, offset: number): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, HEADER_BYTES);
  return {
    major: view.getUint8(4),
    minor: view.getUint8(5),
    kind: view.getUint8(6),
    flags: view.getUint8(7),
    rows: view.getUint32(8, true),
    bodyBytes: view.getUint32(12, true),
    envelopeBytes: view.getUint32(16, true),
  };
}

/** What speaks against a header, whatever follows it. */
export function headerProblem(header: Header): string | undefined {
  if (header.major > FORMAT_MAJOR) return 'frame: later format version';
  if (header.major === 0) return 'frame: version 0';
  if (header.rows > BATCH_ROWS_MAX) return 'frame: too many rows';
  if (header.bodyBytes > FRAME_BYTES_MAX) return 'frame: too long';
  if (header.envelopeBytes > ENVELOPE_BYTES_MAX) return 'frame: envelope too long';
  return undefined;
}

/**
 * Writes the header of the frame whose body already stands in `frame` behind it.
 * @param finish is called when all of it but the checksum stands
 */
export function sealFrame(
  frame: Uint8Array,
  header: Pick<Header, 'kind' | 'flags' | 'rows' | 'envelopeBytes'>,
  finish?: (frame: Uint8Array, envelopeBytes: number) => void,
): void {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  view.setUint32(0, MAGIC, true);
  view.setUint8(4, FORMAT_MAJOR);
  view.setUint8(5, FORMAT_MINOR);
  view.setUint8(6, header.kind);
  view.setUint8(7, header.flags);
  view.setUint32(8, header.rows, true);
  view.setUint32(12, frame.length - HEADER_BYTES, true);
  view.setUint32(16, header.envelopeBytes, true);
  finish?.(frame, header.envelopeBytes);
  view.setUint32(20, checksum(frame), true);
}

export function checksumMatches(frame: Uint8Array): boolean {
  return new DataView(frame.buffer, frame.byteOffset, HEADER_BYTES).getUint32(20, true) === checksum(frame);
}

/** CRC-32 (ISO 3309) of the frame without the checksum itself. */
function checksum(frame: Uint8Array): number {
  return crc32(frame.subarray(HEADER_BYTES), crc32(frame.subarray(0, HEADER_BYTES - 4)));
}
