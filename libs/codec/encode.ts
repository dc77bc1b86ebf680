import { BATCH_ROWS_MAX, type Batch } from '../record/batch.ts';
import { selectRows } from '../record/select.ts';
import { ChunkWriter } from './chunks.ts';
import { ChecksumWriter } from './column-checksums.ts';
import { isCount } from './directory.ts';
import { packEnvelope } from './envelope.ts';
import { ColumnEncoder } from './encode-columns.ts';
import { FLAG_WHOLE, FRAME_BYTES_MAX, HEADER_BYTES, sealFrame, WHOLE_BYTES_MAX, WHOLE_ROWS_BELOW } from './format.ts';
import { encodeZones, sealZones } from './zones.ts';
import { compress, compressedBytesMax, ZSTD_LEVEL_MAX, ZSTD_LEVEL_MIN } from './zstd.ts';

export interface EncodeOptions {
  /** zstd level, 1 (the default) to 19. */
  readonly level?: number;
  /** Whether larger frames tell in short what they hold, and have checksums of columns, as those of files do: see `zones.ts`. */
  readonly zones?: boolean;
  /** False for a frame that is not to be compressed whole, whatever that would save. */
  readonly isPacked?: boolean;
}

const columnBytes = new ChunkWriter();

/** Batches with more than this in memory become several frames, so that none comes near `FRAME_BYTES_MAX`. */
const BATCH_BYTES_MAX = FRAME_BYTES_MAX / 2;

/**
 * The batch as bytes of its own: one frame, or several one after the other where its payload is too large for one. Columns
 * of later versions go in as they came.
 * @throws RangeError when the batch is none: too many rows, numbers that are no counts, rows of more than `ROW_BYTES_MAX`
 */
export function encodeBatch(batch: Batch, options: EncodeOptions = {}): Uint8Array {
  checkBatch(batch);
  const level = Math.min(Math.max(options.level ?? ZSTD_LEVEL_MIN, ZSTD_LEVEL_MIN), ZSTD_LEVEL_MAX);
  if (batch.rows > 1 && bytesInMemory(batch) > BATCH_BYTES_MAX) return encodeHalves(batch, options);
  if (batch.rows < WHOLE_ROWS_BELOW && options.isPacked !== false) {
    const content = encodeContent(batch, 0, false);
    if (content.envelope.length + content.columns.length <= WHOLE_BYTES_MAX)
      return compressWhole(batch, content, level);
  }
  const zones = options.zones === true && batch.rows > 0;
  const content = encodeContent(batch, level, zones);
  const frame = plainFrame(content);
  // Others may have packed the columns of a later version more tightly than we pack the rest.
  if (frame.length > FRAME_BYTES_MAX && batch.unknown.length > 0)
    return encodeBatch({ ...batch, unknown: [] }, options);
  const header = { kind: batch.kind, rows: batch.rows, flags: 0, envelopeBytes: content.envelope.length };
  sealFrame(frame, header, zones ? sealZones : undefined);
  return frame;
}

function checkBatch({ rows, first, covers, origin }: Batch): void {
  if (!(rows <= BATCH_ROWS_MAX && covers >= rows)) throw new RangeError(`batch of ${rows} rows that covers ${covers}`);
  for (const count of [rows, first, covers, origin.run]) if (!isCount(count)) throw new RangeError(`batch with number ${String(count)}`); // prettier-ignore
}

interface Content {
  readonly envelope: Uint8Array;
  /** Valid until the next batch is encoded. */
  readonly columns: Uint8Array;
}

function encodeContent(batch: Batch, level: number, zones: boolean): Content {
  const { rows } = batch;
  const entries: unknown[] = [];
  columnBytes.reset(level);
  const checksums = new ChecksumWriter();
  const addEntry = (entry: unknown, start: number): void => {
    entries.push(entry);
    if (zones) checksums.add(columnBytes.bytes.subarray(start));
  };
  let ranges: ColumnEncoder['ranges'] = [];
  if (rows > 0) {
    const encoder = new ColumnEncoder(batch, columnBytes);
    ranges = encoder.ranges;
    for (let field = 0; field < batch.columns.length; field++) {
      const column = batch.columns[field];
      const start = columnBytes.length;
      const entry = column === undefined ? undefined : encoder.encode(field, column);
      if (entry !== undefined) addEntry(entry, start);
    }
  }
  for (const { entry, bytes } of batch.unknown) {
    const start = columnBytes.length;
    columnBytes.addStored(bytes);
    addEntry(entry, start);
  }
  const inFile = zones ? { checksums: checksums.bytes, zones: encodeZones(batch, ranges) } : undefined;
  const envelope = packEnvelope(batch, entries, inFile);
  return { envelope, columns: columnBytes.bytes };
}

/** Room for the header, then the envelope and the columns. */
function plainFrame({ envelope, columns }: Content): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + envelope.length + columns.length);
  frame.set(envelope, HEADER_BYTES);
  frame.set(columns, HEADER_BYTES + envelope.length);
  return frame;
}

/** Envelope and columns of fewer bytes stay as they are: to compress them takes longer than all the rest, for a tenth of them. */
const WHOLE_FROM_BYTES = 192;

/** What is compressed as a whole, as it is and compressed. */
const wholeBytes = new Uint8Array(WHOLE_BYTES_MAX);
const packedBytes = new Uint8Array(HEADER_BYTES + compressedBytesMax(WHOLE_BYTES_MAX));

function compressWhole(batch: Batch, content: Content, level: number): Uint8Array {
  const { envelope, columns } = content;
  const whole = wholeBytes.subarray(0, envelope.length + columns.length);
  let packed = whole.length;
  if (whole.length >= WHOLE_FROM_BYTES) {
    whole.set(envelope);
    whole.set(columns, envelope.length);
    packed = compress(packedBytes.subarray(HEADER_BYTES), whole, level);
  }
  const helps = packed < whole.length;
  const sealed = helps ? packedBytes.slice(0, HEADER_BYTES + packed) : plainFrame(content);
  sealFrame(sealed, {
    kind: batch.kind,
    rows: batch.rows,
    flags: helps ? FLAG_WHOLE : 0,
    envelopeBytes: envelope.length,
  });
  return sealed;
}

/** At least what the columns take in memory and what they decode to. */
function bytesInMemory(batch: Batch): number {
  let texts = 0;
  for (const column of batch.columns) {
    if (column?.kind === 'text') for (const text of column.dictionary) texts += 3 * text.length + 5;
  }
  return batch.buffer.byteLength + texts;
}

/** Two frames, of which the first covers no more than its rows. */
function encodeHalves(batch: Batch, options: EncodeOptions): Uint8Array {
  const middle = batch.rows >> 1;
  const rows = Uint32Array.from({ length: batch.rows }, (_, row) => row);
  const front = { ...selectRows(batch, rows, middle), covers: middle };
  const back = selectRows(batch, rows.subarray(middle), batch.rows - middle);
  const frames = [
    encodeBatch(front, options),
    encodeBatch({ ...back, first: batch.first + middle, covers: batch.covers - middle }, options),
  ];
  return Buffer.concat(frames);
}
