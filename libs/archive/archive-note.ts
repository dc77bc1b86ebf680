import { open } from 'node:fs/promises';
import { decodeFrame } from '../codec/decode.ts';
import { encodeBatch } from '../codec/encode.ts';
import { HEADER_BYTES, headerProblem, readHeader, startsLikeFrame } from '../codec/format.ts';
import type { Batch, UnknownColumn } from '../record/batch.ts';
import { isNote, saidOfFile } from './is-note.ts';
import type { Ranges } from '../record/range-set.ts';

/** Number of the column that holds a note; no field will have it. */
const NOTE_COLUMN = 1000;
/** Kind code of byte strings, in a column's directory entry. */
const BYTES_KIND = 8;
const NOTE_VERSION = 1;

/** What a finished file says of itself in its last frame; `docs/formats/archive.md` describes it. */
export interface ArchiveNote {
  /** Bytes of the file before the note. A note at another place was copied from elsewhere and says nothing. */
  readonly bytes: number;
  readonly records: number;
  /** Earliest and latest start of a flow record, microseconds since the epoch; null without any. */
  readonly from: number | null;
  readonly to: number | null;
  /** Whether it holds records that came after its like was closed. */
  readonly late: boolean;
  /** What its name has in common with those of files for other times, where whoever made it knew: conversions of strftime(3) stand for the time. */
  readonly series?: string;
  /** Where it was made of several: the name of the first of them. */
  readonly joined?: string;
  /** Where its frames are full and in the order of time: the zstd level that they were packed with. */
  readonly level?: number;
  readonly origins: readonly OriginRanges[];
}

/** Where the records of one origin are from. */
export interface OriginRanges {
  readonly source: string;
  readonly run: number;
  readonly records: number;
  /** Ranges of record numbers. When they count no more than `records`, the file has all that is in them. */
  readonly ranges: Ranges;
  /** Ranges that the stream said were lost, as far as this file was current. */
  readonly lost: Ranges;
}

/** A frame without rows, over which readers pass. */
export function noteFrame(note: ArchiveNote): Uint8Array {
  return encodeBatch(saidOfFile([noteColumn(note)]));
}

/** What of such a frame holds the note. */
export function noteColumn(note: ArchiveNote): UnknownColumn {
  const bytes = new TextEncoder().encode(JSON.stringify({ version: NOTE_VERSION, ...note }));
  return { entry: [NOTE_COLUMN, BYTES_KIND, [bytes.length], bytes.length, 0], bytes };
}

/** The note in a batch; undefined for any other batch. */
export function noteIn(batch: Batch): ArchiveNote | undefined {
  if (!isNote(batch)) return undefined;
  const column = batch.unknown.find(({ entry }) => Array.isArray(entry) && entry[0] === NOTE_COLUMN);
  if (column === undefined) return undefined;
  try {
    const { version, ...note } = JSON.parse(new TextDecoder().decode(column.bytes)) as ArchiveNote & {
      version: number;
    };
    return version === NOTE_VERSION && isNoteLike(note) ? note : undefined;
  } catch {
    return undefined;
  }
}

/** A file may come from anywhere. */
function isNoteLike({ records, from, to, origins }: ArchiveNote): boolean {
  const isNumber = (value: unknown): boolean => typeof value === 'number';
  const areRanges = (ranges: Ranges): boolean => ranges.every(([first, count]) => isNumber(first) && isNumber(count));
  return (
    isNumber(records) &&
    (from === null || isNumber(from)) &&
    (to === null || isNumber(to)) &&
    origins.every(
      (each) =>
        typeof each.source === 'string' &&
        isNumber(each.run) &&
        isNumber(each.records) &&
        areRanges(each.ranges) &&
        areRanges(each.lost),
    )
  );
}

/** The note at the end of a file; undefined when it has none, or ends otherwise than with a whole frame. */
export async function readNote(path: string): Promise<ArchiveNote | undefined> {
  const last = await lastFrame(path);
  if (last === undefined) return undefined;
  await using file = await open(path);
  const frame = new Uint8Array(last.end - last.offset);
  await file.read(frame, 0, frame.length, last.offset);
  const decoded = decodeFrame(frame);
  const note = 'batch' in decoded ? noteIn(decoded.batch) : undefined;
  return note?.bytes === last.offset ? note : undefined;
}

/**
 * Where the last frame of a file lies, going from header to header.
 * @returns undefined when the file is empty, or not made of whole frames
 */
export async function lastFrame(path: string): Promise<{ offset: number; end: number } | undefined> {
  await using file = await open(path);
  const { size } = await file.stat();
  const header = new Uint8Array(HEADER_BYTES);
  for (let offset = 0; offset < size;) {
    const { bytesRead } = await file.read(header, 0, HEADER_BYTES, offset);
    if (bytesRead < HEADER_BYTES || !startsLikeFrame(header, 0)) return undefined;
    const read = readHeader(header, 0);
    const end = offset + HEADER_BYTES + read.bodyBytes;
    if (headerProblem(read) !== undefined || end > size) return undefined;
    if (end === size) return { offset, end };
    offset = end;
  }
  return undefined;
}
