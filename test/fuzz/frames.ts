import { decodeFrame } from '../../libs/codec/decode.ts';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { FLAG_WHOLE, FRAME_BYTES_MAX, HEADER_BYTES, readHeader, sealFrame } from '../../libs/codec/format.ts';
import { packMessage, unpackMessage } from '../../libs/codec/msgpack.ts';
import { FrameSplitter } from '../../libs/codec/split.ts';
import { declaredBytes, decompress } from '../../libs/codec/zstd.ts';
import { BATCH_ROWS_MAX, MANAGEMENT_BATCH, type Batch } from '../../libs/record/batch.ts';
import { selectRows } from '../../libs/record/select.ts';
import { batchOf, cellOf } from '../support/batches.ts';
import { Random } from '../../libs/synthetic/random.ts';
import { flowBatch } from '../support/flow-batch.ts';
import type { FuzzResult } from './packets.ts';
import { cpuMilliseconds } from '../support/cpu-clock.ts';

/** Problems told; a broken decoder would fill memory with them. */
const PROBLEMS_MAX = 20;
const RUNS_A_TURN = 500;
/** A frame must not take longer; the slowest machines take a hundredth of it. */
const MILLISECONDS_MAX = 2000;

/** Values at the edges of lengths, counts and msgpack forms. */
const EDGES: readonly number[] = [
  0, 1, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xc0, 0xc1, 0xc6, 0xcb, 0xdc, 0xdd, 0xdf, 0xff,
];

type Upto = (limit: number) => number;

/**
 * Decodes mutated frames, some with the checksum put right and some mutated below the compression. A problem is a throw, a
 * batch that cannot be read or encoded again, or one that came back different from that.
 */
export async function fuzz(options: { seed: number; runs: number }): Promise<FuzzResult> {
  const random = new Random(options.seed);
  const upTo: Upto = (limit) => random.between(0, limit - 1);
  const seeds = seedFrames();
  const problems: string[] = [];
  let runs = 0;
  for (; runs < options.runs && problems.length < PROBLEMS_MAX; runs++) {
    const frame = mutate(seeds[upTo(seeds.length)]!, seeds, upTo);
    const trouble = tryFrame(frame, upTo);
    if (trouble !== '') problems.push(`${trouble}: ${Buffer.from(frame.subarray(0, 400)).toString('hex')}`);
    if (runs % RUNS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return { runs, problems };
}

function seedFrames(): Uint8Array[] {
  const batches: Batch[] = [
    flowBatch({ rows: 1, seed: 1 }),
    flowBatch({ rows: 40, seed: 2 }),
    flowBatch({ rows: 90, seed: 3, repeats: true }),
    flowBatch({ rows: 1100, seed: 4, repeats: true }),
    batchOf(1, { stime: [1.7e15], mversion: ['0.1.0'], minput: ['été'] }, { kind: MANAGEMENT_BATCH }),
    batchOf(3, { dur: [0.5, NaN, -0], label: ['a', undefined, 'b'], suser: [Uint8Array.of(1, 2), undefined, new Uint8Array(9)] }), // prettier-ignore
    batchOf(60, { flowid: some((row) => row % 20), dur: some((row) => row * 7919), dlast: some((row) => (row % 3 === 0 ? row : row * 7919)) }),
    batchOf(60, { saddr: some((row) => (row % 3 === 0 ? [6, 0x2001_0db8, 7, 0, row] : [4, 0, 0, 0xffff, row])) }),
    batchOf(4200, { stcpb: Array.from({ length: 4200 }, (_, row) => Math.imul(row % 600, 0x9e37_79b1) >>> 0) }),
    batchOf(0, {}),
  ]; // prettier-ignore
  const frames = batches.map((batch) => encodeBatch(batch));
  return [...frames, ...frames.filter(isWhole).map(unpacked)];
}

function some<T>(value: (row: number) => T): T[] {
  return Array.from({ length: 60 }, (_, row) => value(row));
}

function isWhole(frame: Uint8Array): boolean {
  return readHeader(frame, 0).flags === FLAG_WHOLE;
}

/** The same frame without compression, so that mutations reach the envelope and the chunks. */
function unpacked(frame: Uint8Array): Uint8Array {
  const body = frame.subarray(HEADER_BYTES);
  const plain = new Uint8Array(HEADER_BYTES + (declaredBytes(body) ?? 0));
  decompress(plain.subarray(HEADER_BYTES), body);
  sealFrame(plain, { ...readHeader(frame, 0), flags: 0 });
  return plain;
}

function mutate(seed: Uint8Array, seeds: readonly Uint8Array[], upTo: Upto): Uint8Array {
  if (!isWhole(seed) && upTo(2) === 0) return mutateDirectory(seed, upTo);
  let frame: Uint8Array = seed.slice();
  for (let i = 0; i <= upTo(4); i++) frame = mutateOnce(frame, seeds, upTo);
  if (upTo(8) > 0 && frame.length >= HEADER_BYTES) sealAgain(frame, upTo);
  return frame;
}

/** The same frame with one or two values of its envelope changed, so that all but these is right. */
function mutateDirectory(frame: Uint8Array, upTo: Upto): Uint8Array {
  const { kind, flags, rows, envelopeBytes } = readHeader(frame, 0);
  const envelope = unpackMessage(frame.subarray(HEADER_BYTES, HEADER_BYTES + envelopeBytes));
  if ('problem' in envelope || !Array.isArray(envelope.value)) return frame;
  const directory: unknown = envelope.value.at(-1);
  const target = Array.isArray(directory) && directory.length > 0 && upTo(8) > 0 ? directory : envelope.value;
  for (let i = 0; i <= upTo(2); i++) mutateList(target, upTo);
  const packed = packMessage(envelope.value);
  const changed = Buffer.concat([new Uint8Array(HEADER_BYTES), packed, frame.subarray(HEADER_BYTES + envelopeBytes)]);
  sealFrame(changed, { kind, flags, rows, envelopeBytes: packed.length });
  return changed;
}

function mutateList(list: unknown[], upTo: Upto): void {
  const at = upTo(list.length);
  const value = list[at];
  if (Array.isArray(value) && value.length > 0 && upTo(8) > 0) mutateList(value, upTo);
  else if (upTo(6) === 0) list.splice(at, upTo(2), value);
  else if (typeof value === 'number' && upTo(2) === 0) list[at] = value + upTo(5) - 2;
  else list[at] = [upTo(20), upTo(70), 2 ** upTo(60), -1, 0.5, NaN, 'x', null, [], [upTo(9), upTo(70), 0, 1]][upTo(10)];
}

function mutateOnce(frame: Uint8Array, seeds: readonly Uint8Array[], upTo: Upto): Uint8Array {
  // Mostly near the start, where the directory is.
  const at = upTo(upTo(2) === 0 ? frame.length : Math.min(frame.length, 500));
  switch (upTo(6)) {
    case 0:
      frame[at]! ^= 1 << upTo(8);
      return frame;
    case 1:
      frame[at] = upTo(256);
      return frame;
    case 2:
      frame[at] = EDGES[upTo(EDGES.length)]!;
      return frame;
    case 3:
      return Buffer.concat([frame.subarray(0, at), frame.subarray(at + 1 + upTo(8))]);
    case 4:
      return Buffer.concat([
        frame.subarray(0, at),
        Uint8Array.from({ length: 1 + upTo(8) }, () => upTo(256)),
        frame.subarray(at),
      ]);
    default: {
      const other = seeds[upTo(seeds.length)]!;
      return Buffer.concat([frame.subarray(0, at), other.subarray(upTo(other.length))]);
    }
  }
}

/** Puts length and checksum right, and sometimes makes the header claim something else first. */
function sealAgain(frame: Uint8Array, upTo: Upto): void {
  const { kind, flags, rows, envelopeBytes } = readHeader(frame, 0);
  const claimed = upTo(20) === 0 ? [1, 1023, BATCH_ROWS_MAX, BATCH_ROWS_MAX + 1][upTo(4)]! : rows;
  sealFrame(frame, { kind, flags, rows: claimed, envelopeBytes });
}

function tryFrame(frame: Uint8Array, upTo: Upto): string {
  const start = cpuMilliseconds();
  try {
    for (const piece of new FrameSplitter().push(frame)) decodeFrame(piece);
    const result = decodeFrame(frame);
    if ('batch' in result) {
      const trouble = tryBatch(result.batch, upTo);
      if (trouble !== '') return trouble;
    }
  } catch (error) {
    return `threw ${error instanceof Error ? error.stack : String(error)}`;
  }
  const milliseconds = cpuMilliseconds() - start;
  return milliseconds > MILLISECONDS_MAX ? `took ${milliseconds} ms` : '';
}

function tryBatch(batch: Batch, upTo: Upto): string {
  if (batch.buffer.byteLength > FRAME_BYTES_MAX) return `took ${batch.buffer.byteLength} bytes`;
  const again = decodeFrame(encodeBatch(batch));
  if ('problem' in again) return `encodes to what does not decode: ${again.problem}`;
  const rows = Uint32Array.from({ length: Math.min(batch.rows, 50) }, () => upTo(batch.rows)).sort();
  selectRows(batch, rows, rows.length);
  for (const [field, column] of batch.columns.entries()) {
    for (const row of rows) {
      const before = JSON.stringify(cellOf(column, row));
      const after = JSON.stringify(cellOf(again.batch.columns[field], row));
      if (before !== after) return `field ${field} was ${before}, became ${after}`;
    }
  }
  return '';
}
