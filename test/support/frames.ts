import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { decodeFrame, type DecodeOptions } from '../../libs/codec/decode.ts';
import { HEADER_BYTES, readHeader, sealFrame } from '../../libs/codec/format.ts';
import { packMessage, unpackMessage } from '../../libs/codec/msgpack.ts';
import { FrameSplitter } from '../../libs/codec/split.ts';
import { declaredBytes, decompress } from '../../libs/codec/zstd.ts';
import type { Batch } from '../../libs/record/batch.ts';

/** The batch in a frame that must be right. */
export function decoded(frame: Uint8Array, fields?: ReadonlySet<number>): Batch {
  const result = decodeFrame(frame, fields === undefined ? {} : { fields });
  if ('problem' in result) assert.fail(result.problem);
  return result.batch;
}

/** The batches in several frames that must be right. */
export function decodedAll(bytes: Uint8Array): Batch[] {
  const splitter = new FrameSplitter();
  const batches = [...splitter.push(bytes)].map((frame) => decoded(frame));
  assert.equal(splitter.end(), undefined);
  return batches;
}

/** What is wrong with a frame, or 'nothing'. */
export function problemOf(frame: Uint8Array, options: DecodeOptions = {}): string {
  const result = decodeFrame(frame, options);
  return 'problem' in result ? result.problem : 'nothing';
}

/** What a frame is made of, each part free to be wrong. */
export interface Parts {
  readonly kind?: number;
  readonly flags?: number;
  readonly rows?: number;
  /** The whole envelope; made of `entries` when absent. */
  readonly envelope?: unknown;
  readonly entries?: readonly unknown[];
  readonly columns?: Uint8Array;
}

/** A frame of these parts with header and checksum right. */
export function forge(parts: Parts): Uint8Array {
  const { kind = 1, flags = 0, rows = 1, entries = [], columns = new Uint8Array(0) } = parts;
  const envelope = packMessage(parts.envelope ?? ['test', 1, 0, rows, entries]);
  return forgeBody(Buffer.concat([envelope, columns]), { kind, flags, rows, envelopeBytes: envelope.length });
}

/** A frame of these bytes with header and checksum right. */
export function forgeBody(
  body: Uint8Array,
  header: { kind: number; flags: number; rows: number; envelopeBytes: number },
): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + body.length);
  frame.set(body, HEADER_BYTES);
  sealFrame(frame, header);
  return frame;
}

/** Sets bytes of the header and puts the checksum right. */
export function withHeader(frame: Uint8Array, at: number, value: number): Uint8Array {
  const changed = new Uint8Array(frame);
  changed[at] = value;
  const sum = crc32(changed.subarray(HEADER_BYTES), crc32(changed.subarray(0, HEADER_BYTES - 4)));
  new DataView(changed.buffer).setUint32(20, sum, true);
  return changed;
}

/** The directory of a frame and the bytes of its columns, unpacked where it was compressed whole. */
export function openFrame(frame: Uint8Array): { entries: readonly (readonly unknown[])[]; columns: Uint8Array } {
  const { flags, envelopeBytes } = readHeader(frame, 0);
  const stored = frame.subarray(HEADER_BYTES);
  const body = flags === 0 ? stored : new Uint8Array(declaredBytes(stored) ?? 0);
  if (flags !== 0) assert.ok(decompress(body, stored));
  const envelope = unpackMessage(body.subarray(0, envelopeBytes));
  assert.ok('value' in envelope && Array.isArray(envelope.value));
  const entries = envelope.value[4] as readonly (readonly unknown[])[];
  return { entries, columns: body.subarray(envelopeBytes) };
}
