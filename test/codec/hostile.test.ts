import assert from 'node:assert/strict';
import test from 'node:test';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { FLAG_WHOLE } from '../../libs/codec/format.ts';
import { unpackMessage } from '../../libs/codec/msgpack.ts';
import { compress, compressedBytesMax } from '../../libs/codec/zstd.ts';
import { STORED_FIELDS, type StoredName } from '../../libs/record/fields/stored.ts';
import { KIND_CODES } from '../../libs/codec/format.ts';
import { fuzz } from '../fuzz/frames.ts';
import { batchOf } from '../support/batches.ts';
import { flowBatch } from '../support/flow-batch.ts';
import { decoded, forge, forgeBody, problemOf, type Parts } from '../support/frames.ts';

test('every truncation of a frame is a named problem', () => {
  const frame = encodeBatch(flowBatch({ rows: 20, seed: 1 }));
  assert.equal(problemOf(frame), 'nothing');
  for (let length = 0; length < frame.length; length++) {
    assert.match(problemOf(frame.subarray(0, length)), /^frame: (no header|length)$/, `${length} bytes`);
  }
});

test('every flipped bit is a named problem', () => {
  const frame = encodeBatch(batchOf(2, { stime: [1, 2], label: ['a', 'b'] }));
  for (let bit = 0; bit < 8 * frame.length; bit++) {
    const flipped = frame.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    assert.notEqual(problemOf(flipped), 'nothing', `bit ${bit}`);
  }
});

test('mutated frames never throw, hang or decode to what cannot be used', async () => {
  const { runs, problems } = await fuzz({ seed: 20_260, runs: 1500 });
  assert.deepEqual([runs, problems], [1500, []]);
});

const kindOf = (name: StoredName): number => KIND_CODES[STORED_FIELDS[name].kind];
/** An entry of a field: stored lengths, then the rest. */
const entry = (name: StoredName, lengths: unknown, ...rest: unknown[]): unknown[] => [
  STORED_FIELDS[name].number,
  kindOf(name),
  lengths,
  ...rest,
];
const flagged = (flag: number, name: StoredName, lengths: unknown, ...rest: unknown[]): unknown[] => [
  STORED_FIELDS[name].number,
  kindOf(name) + flag,
  lengths,
  ...rest,
];
const OWN = 16;
const SHARED = 32;
const COPIES = 64;
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

const CASES: readonly { name: string; problem: string; parts: Parts }[] = [
  { name: 'an unknown kind of batch', problem: 'frame: unknown kind', parts: { kind: 4 } },
  { name: 'unknown flags', problem: 'frame: unknown flags', parts: { flags: 2 } },
  { name: 'an envelope that is no list', problem: 'envelope: not a list', parts: { envelope: 'x' } },
  { name: 'an envelope without a directory', problem: 'envelope: directory', parts: { envelope: ['a', 1, 0, 1] } },
  { name: 'a source that is a number', problem: 'envelope: source', parts: { envelope: [1, 1, 0, 1, []] } },
  { name: 'a source without end', problem: 'envelope: source', parts: { envelope: ['x'.repeat(300), 1, 0, 1, []] } },
  { name: 'a negative run', problem: 'envelope: run', parts: { envelope: ['a', -1, 0, 1, []] } },
  { name: 'record numbers beyond all counting', problem: 'envelope: record numbers', parts: { envelope: ['a', 1, 2 ** 53 - 1, 5, []] } },
  { name: 'fewer numbers covered than rows', problem: 'envelope: covers fewer records than there are', parts: { rows: 3, envelope: ['a', 1, 0, 2, []] } },
  { name: 'more columns than fields', problem: 'envelope: directory', parts: { entries: new Array(600).fill(entry('dur', [], 1)) } },
  { name: 'an entry that is no list', problem: 'directory: entry is not a list', parts: { entries: [7] } },
  { name: 'a field number that is a text', problem: 'directory: field or kind', parts: { entries: [['dur', 4, [], 1]] } },
  { name: 'lengths that are no list', problem: 'directory: lengths', parts: { entries: [entry('dur', 3, 1)] } },
  { name: 'a negative length', problem: 'directory: lengths', parts: { entries: [entry('dur', [-1], 1)] } },
  { name: 'columns longer than the frame', problem: 'directory: columns exceed the frame', parts: { entries: [entry('dur', [1], 1)] } },
  { name: 'bytes of no column', problem: 'directory: bytes that belong to no column', parts: { columns: bytes(1) } },
  { name: 'a field twice', problem: 'directory: field twice', parts: { entries: [entry('dur', [], 1), entry('dur', [], 1)] } },
  { name: 'two bitmaps', problem: 'directory: two bitmaps', parts: { entries: [flagged(OWN + SHARED, 'dur', [], 1, 1)] } },
  { name: 'no count of rows', problem: 'directory: rows with a value', parts: { entries: [flagged(OWN, 'dur', [], 'x', 1)] } },
  { name: 'a bitmap that belies its count', problem: 'column: bitmap does not match its count', parts: { rows: 3, entries: [flagged(OWN, 'dur', [1], 1, 5)], columns: bytes(3) } },
  { name: 'a bitmap longer than the rows', problem: 'column: bitmap does not match its count', parts: { rows: 3, entries: [flagged(OWN, 'dur', [1], 2, 5)], columns: bytes(0x83) } },
  { name: 'a bitmap without rows', problem: 'column: bitmap does not match its count', parts: { rows: 3, entries: [flagged(OWN, 'dur', [0], 0, 5)] } },
  { name: 'a bitmap shared with nobody', problem: 'column: shares a bitmap that is not there', parts: { entries: [flagged(SHARED, 'dur', [], 99, 1)] } },
  { name: 'a bitmap shared with itself', problem: 'column: shares a bitmap that is not there', parts: { entries: [flagged(SHARED, 'dur', [], 5, 1)] } },
  { name: 'copies without flow ids', problem: 'column: copies without flow ids', parts: { entries: [flagged(COPIES, 'dur', [0], 1)] } },
  { name: 'copies of the flow ids themselves', problem: 'column: copies without flow ids', parts: { entries: [flagged(COPIES, 'flowid', [0], 1)] } },
  { name: 'no stream', problem: 'column: fewer streams than its kind needs', parts: { entries: [entry('dur', [])] } },
  { name: 'an address of three lanes', problem: 'column: fewer streams than its kind needs', parts: { entries: [entry('saddr', [], 4, 0, 0, 1)] } },
  { name: 'a stream that is a text', problem: 'stream: neither a number nor a list', parts: { entries: [entry('dur', [], 'x')] } },
  { name: 'a width of no planes', problem: 'stream: width, base or divisor', parts: { entries: [entry('dur', [], [2, 0, 0, 1])] } },
  { name: 'a width of three bits', problem: 'stream: width, base or divisor', parts: { entries: [entry('dur', [], [2, 3, 0, 1])] } },
  { name: 'a width beyond doubles', problem: 'stream: width, base or divisor', parts: { entries: [entry('dur', [], [2, 64, 0, 1])] } },
  { name: 'integers wider than their field', problem: 'stream: too wide for an integer', parts: { entries: [entry('sport', [0, 0, 0, 0, 0], [2, 40, 0, 1])] } },
  { name: 'doubles for an integer', problem: 'stream: doubles for integers', parts: { entries: [entry('sport', [0], [1])] } },
  { name: 'a dictionary of 300', problem: 'stream: size of the dictionary', parts: { entries: [entry('sport', [], [5, 300, 1])] } },
  { name: 'a dictionary in a dictionary', problem: 'stream: values of the dictionary', parts: { entries: [entry('sport', [], [5, 2, [5, 2, 1]])] } },
  { name: 'too few chunks', problem: 'column: fewer chunks than its encoding needs', parts: { entries: [entry('sport', [0], [2, 16, 0, 1])] } },
  { name: 'too many chunks', problem: 'column: more chunks than its encoding needs', parts: { entries: [entry('sport', [0, 0, 0], [2, 16, 0, 1])] } },
  { name: 'a chunk that is no zstd frame', problem: 'column: chunk does not decompress to its size', parts: { rows: 9, entries: [entry('sttl', [5], [2, 8, 0, 1])], columns: bytes(1, 2, 3, 4, 5) } },
  { name: 'lengths beyond the blob', problem: 'bytes: lengths do not match the blob', parts: { rows: 2, entries: [entry('suser', [3], 2, 3)], columns: bytes(1, 2, 3) } },
  { name: 'lengths short of the blob', problem: 'bytes: lengths do not match the blob', parts: { rows: 2, entries: [entry('suser', [5], 2, 5)], columns: bytes(1, 2, 3, 4, 5) } },
  { name: 'payload of 64 MiB in one row', problem: 'column: size of texts or bytes', parts: { entries: [entry('suser', [0], 67_108_864, 67_108_864)] } },
  { name: 'texts of 64 MiB in one row', problem: 'column: size of texts or bytes', parts: { entries: [entry('label', [0], 67_108_864, 0)] } },
  { name: 'texts that are numbers', problem: 'texts: not a list of texts', parts: { entries: [entry('label', [2], 2, 0)], columns: bytes(0x91, 1) } },
  { name: 'more texts than rows', problem: 'texts: not a list of texts', parts: { entries: [entry('label', [3], 3, 0)], columns: bytes(0x92, 0xa0, 0xa0) } },
]; // prettier-ignore

for (const { name, problem, parts } of CASES) {
  test(`a named problem, nothing worse: ${name}`, () => assert.equal(problemOf(forge(parts)), problem));
}

/** What `make` adds to the memory that buffers take, garbage included. */
function memoryTaken(make: () => void): number {
  const before = process.memoryUsage().arrayBuffers;
  make();
  return process.memoryUsage().arrayBuffers - before;
}

test('a frame that expands to 200 MB is refused before it does', () => {
  const zeros = new Uint8Array(200e6);
  const packed = new Uint8Array(compressedBytesMax(zeros.length));
  const body = packed.slice(0, compress(packed, zeros, 1));
  const frame = forgeBody(body, { kind: 1, flags: FLAG_WHOLE, rows: 1, envelopeBytes: 10 });
  const taken = memoryTaken(() => assert.equal(problemOf(frame), 'frame: compressed size'));
  assert.ok(taken < 1 << 20, `${taken} bytes`);
});

test('a chunk that expands beyond its column is refused before it does', () => {
  const zeros = new Uint8Array(50e6);
  const packed = new Uint8Array(compressedBytesMax(zeros.length));
  const columns = packed.slice(0, compress(packed, zeros, 1));
  const frame = forge({ rows: 500, entries: [entry('sttl', [columns.length], [2, 8, 0, 1])], columns });
  const taken = memoryTaken(() => assert.equal(problemOf(frame), 'column: chunk does not decompress to its size'));
  assert.ok(taken < 1 << 20, `${taken} bytes`);
});

test('a small frame of many columns takes no more than its rows allow', () => {
  const names = Object.keys(STORED_FIELDS) as StoredName[];
  const numbers = names.filter((name) => !['address', 'text', 'bytes'].includes(STORED_FIELDS[name].kind));
  const frame = forge({ rows: 16_384, entries: numbers.map((name) => entry(name, [], 1)) });
  const taken = memoryTaken(() => assert.equal(decoded(frame).rows, 16_384));
  assert.ok(taken <= numbers.length * 8 * 16_384 + (1 << 20), `${taken} bytes`);
});

const MESSAGES: readonly { name: string; message: readonly number[] }[] = [
  { name: 'a list of four thousand million values', message: [0xdd, 0xff, 0xff, 0xff, 0xff, 1] },
  { name: 'a list of thirty million values', message: [0xdd, 0x01, 0xc9, 0xc3, 0x80, 1] },
  { name: 'a map of sixty thousand values', message: [0xde, 0xff, 0xff, 1] },
  { name: 'a text of four thousand million bytes', message: [0xdb, 0xff, 0xff, 0xff, 0xff, 1] },
  { name: 'lists in lists without end', message: new Array<number>(5000).fill(0x91) },
  { name: 'an extension type', message: [0xd4, 1, 1] },
  { name: 'the byte that msgpack never uses', message: [0xc1] },
  { name: 'nothing', message: [] },
];
for (const { name, message } of MESSAGES) {
  test(`msgpack is refused before anything is made of it: ${name}`, () => {
    const taken = memoryTaken(() => assert.ok('problem' in unpackMessage(Uint8Array.from(message))));
    assert.ok(taken < 1 << 20, `${taken} bytes`);
  });
}
