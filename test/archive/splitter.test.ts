import assert from 'node:assert/strict';
import { linkSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { readNote } from '../../libs/archive/archive-note.ts';
import { FLOW_BATCH, GAP_BATCH, MANAGEMENT_BATCH, type Batch } from '../../libs/record/batch.ts';
import { batchOf, cellsOf } from '../support/batches.ts';
import { batchesIn, filesBelow, numbersBelow, upTo } from './archived.ts';
import { numberedStream, START_US } from './numbered-stream.ts';
import { SplitterLab } from './splitter-lab.ts';

process.env['TZ'] = 'UTC';
const root = mkdtempSync(join(tmpdir(), 'panoptes-split-'));
after(() => rmSync(root, { recursive: true }));
const newFolder = (): string => mkdtempSync(join(root, 'f'));

const ORIGIN = { source: 'a', run: 1 };

/** Flow records with these numbers, which began so many seconds after the start. */
function flows(numbers: readonly number[], seconds: readonly number[], first = numbers[0] ?? 0): Batch {
  const stime = seconds.map((second) => START_US + second * 1e6);
  return batchOf(numbers.length, { flowid: numbers, stime }, { kind: FLOW_BATCH, origin: ORIGIN, first });
}

function management(number: number, second: number): Batch {
  const table = { flowid: [number], stime: [START_US + second * 1e6] };
  return batchOf(1, table, { kind: MANAGEMENT_BATCH, origin: ORIGIN, first: number });
}

async function numbersIn(path: string): Promise<number[]> {
  const numbers: number[] = [];
  for (const batch of await batchesIn(path)) numbers.push(...(cellsOf(batch, 'flowid') as number[]));
  return numbers;
}

/** Files of a folder and the numbers of their records, in the order in which they lie there. */
async function contents(folder: string): Promise<Record<string, number[]>> {
  const found: Record<string, number[]> = {};
  for (const name of filesBelow(folder)) found[name] = await numbersIn(join(folder, name));
  return found;
}

test('each record is in one file, whatever their order, the names and the limits', async () => {
  const modes = fc.constantFrom('time 7s', 'time 20s', 'count 37', 'size 2k', 'flow icmp');
  const names = fc.constantFrom('x.%H.%M.%S.', '$proto/x.%M.%S.', '$srcid.$proto.%S.');
  await fc.assert(
    fc.asyncProperty(
      modes,
      names,
      fc.constantFrom(undefined, 0, 3, 8),
      fc.integer({ min: 1, max: 64 }),
      fc.nat(1000),
      async (mode, name, holdSeconds, openMax, seed) => {
        const folder = newFolder();
        const lab = new SplitterLab({ folder, mode, name, openMax, ...(holdSeconds !== undefined && { holdSeconds }) });
        const stream = numberedStream({ frames: 25, seed, seconds: 60, disorder: 10 });
        await lab.push(...stream);
        await lab.splitter.end();
        const records = stream.reduce((sum, { rows }) => sum + rows, 0);
        assert.deepEqual(await numbersBelow(folder), upTo(records));
        assert.deepEqual(filesBelow(folder, true), filesBelow(folder));
        const ordinals = lab.finished.flatMap((file) => file.ordinals.ranges);
        assert.equal(
          ordinals.reduce((sum, [, count]) => sum + count, 0),
          records,
        );
      },
    ),
    { seed: 1, numRuns: 15 },
  );
});

test('files of a time hold what began in it, in its order', async () => {
  const folder = newFolder();
  const lab = new SplitterLab({ folder, mode: 'time 10s', name: 'x.%S', holdSeconds: 5 });
  await lab.push(flows([0, 1, 2, 3], [3, 12, 1, 9]), flows([4, 5, 6], [8, 14, 13]));
  assert.deepEqual(await contents(folder), {});
  await lab.push(flows([7], [15]));
  assert.deepEqual(await contents(folder), { 'x.00': [2, 0, 4, 3] });
  await lab.splitter.end();
  assert.deepEqual(await contents(folder), { 'x.00': [2, 0, 4, 3], 'x.10': [1, 6, 5, 7] });
});

test('latecomers are in files of their own, none of which replaces another', async () => {
  const folder = newFolder();
  const lab = new SplitterLab({ folder, mode: 'time 10s', name: 'x.%S', holdSeconds: 5 });
  await lab.push(flows([0], [3]), flows([1], [40]), flows([2], [5]), flows([3], [4]));
  await lab.wait(3);
  await lab.push(flows([4], [41]));
  await lab.wait(3);
  await lab.push(flows([5], [6]));
  assert.equal(lab.splitter.late, 3);
  await lab.splitter.end();
  const { 'x.00.late': late, ...others } = await contents(folder);
  assert.deepEqual(late?.toSorted(), [2, 3]);
  assert.deepEqual(others, { 'x.00': [0], 'x.00.late.2': [5], 'x.40': [1, 4] });
  assert.equal((await readNote(join(folder, 'x.00.late')))?.late, true);
});

test('the last file of a quiet stream is closed when its time and the hold are over', async () => {
  const folder = newFolder();
  const lab = new SplitterLab({ folder, mode: 'time 10s', name: 'x.%S', holdSeconds: 5 });
  lab.nowUs = START_US + 3e6;
  await lab.push(flows([0], [2]));
  await lab.wait(11);
  assert.deepEqual(filesBelow(folder), []);
  await lab.wait(2);
  assert.deepEqual(filesBelow(folder), ['x.00']);
});

test('a clock that is years ahead makes nobody late, and its file is closed too', async () => {
  const folder = newFolder();
  const lab = new SplitterLab({ folder, mode: 'time 10s', name: 'x.%Y.%S', holdSeconds: 5 });
  lab.nowUs = START_US + 3e6;
  await lab.push(flows([0, 1], [2, 1e8]), flows([2], [4]));
  await lab.wait(30);
  assert.deepEqual(await contents(folder), { 'x.2026.00': [0, 2], 'x.2029.40': [1] });
  assert.equal(lab.splitter.late, 0);
});

test('what servers have kept through an outage is not late, but for the file that the outage cut', async () => {
  const folder = newFolder();
  const lab = new SplitterLab({ folder, mode: 'time 10s', name: 'x.%S', holdSeconds: 5 });
  lab.nowUs = START_US + 3e6;
  await lab.push(flows([0], [2]));
  await lab.wait(60);
  assert.deepEqual(filesBelow(folder), ['x.00']);
  await lab.push(flows([1], [8]), flows([2], [12]), flows([3], [25]), flows([4], [47]));
  await lab.splitter.end();
  assert.deepEqual(await contents(folder), { 'x.00': [0], 'x.00.late': [1], 'x.10': [2], 'x.20': [3], 'x.40': [4] });
});

test('values of records do not choose how many files are held', async () => {
  const folder = newFolder();
  const lab = new SplitterLab({ folder, mode: 'time 1h', name: '%H/$sport', holdSeconds: 5, filesMax: 8 });
  const ports = upTo(60).map((n) => n % 20);
  const table = { flowid: upTo(60), stime: ports.map(() => START_US), etype: ports.map(() => 0x800), ipproto: ports.map(() => 6), sport: ports }; // prettier-ignore
  const whole = batchOf(60, table, { origin: ORIGIN });
  for (let row = 0; row < 60; row++) await lab.splitter.push(whole, Uint32Array.of(row), 1, 0);
  assert.ok(lab.finished.length > 40);
  await lab.splitter.end();
  assert.deepEqual(await numbersBelow(folder), upTo(60));
  assert.ok(filesBelow(folder).includes('02/7.2'));
});

test('values of records do not choose how many suffixes are remembered, and no file is written over', async () => {
  const folder = newFolder();
  const lab = new SplitterLab({ folder, mode: 'count 2', name: '$sport.', filesMax: 8 });
  const ports = upTo(60).map((n) => n % 20);
  const table = { flowid: upTo(60), stime: ports.map(() => START_US), etype: ports.map(() => 0x800), ipproto: ports.map(() => 6), sport: ports }; // prettier-ignore
  const whole = batchOf(60, table, { origin: ORIGIN });
  for (let row = 0; row < 60; row++) await lab.splitter.push(whole, Uint32Array.of(row), 1, 0);
  assert.ok(Object.keys(lab.splitter.position.suffixes).length <= 8);
  await lab.splitter.end();
  assert.deepEqual(await numbersBelow(folder), upTo(60));
  assert.ok(filesBelow(folder).includes('7.ab'));
});

test('management records and gaps are with the records around them, whatever their own time', async () => {
  const folder = newFolder();
  const lab = new SplitterLab({ folder, mode: 'time 10s', name: 'x.%S' });
  const gap: Batch = { ...flows([], []), kind: GAP_BATCH, first: 4, covers: 3 };
  await lab.push(management(0, 9e6), flows([1, 2], [1, 2]), management(3, 9e6), gap, flows([7], [12]));
  await lab.splitter.end();
  assert.deepEqual(await contents(folder), { 'x.00': [0, 3, 1, 2], 'x.10': [7] });
  const note = await readNote(join(folder, 'x.00'));
  assert.deepEqual(note?.origins, [{ ...ORIGIN, records: 4, ranges: [[0, 4]], lost: [[4, 3]] }]);
  const kinds = (await batchesIn(join(folder, 'x.00'))).map(({ kind, covers }) => `${kind} ${covers}`);
  assert.ok(kinds.includes(`${GAP_BATCH} 3`), String(kinds));
});

test('management records alone are in the file of their own time', async () => {
  const folder = newFolder();
  const lab = new SplitterLab({ folder, mode: 'time 10s', name: 'x.%S' });
  await lab.push(management(0, 3), management(1, 30));
  await lab.splitter.end();
  assert.deepEqual(await contents(folder), { 'x.00': [0, 1] });
});

test('a note says what its file holds', async () => {
  const folder = newFolder();
  const lab = new SplitterLab({ folder, mode: 'time 10s', name: 'x.%S' });
  await lab.push(flows([0, 1, 2], [1, 12, 3]), flows([5, 6], [4, 5]));
  await lab.splitter.end();
  const { bytes, ...note } = (await readNote(join(folder, 'x.00')))!;
  assert.ok(bytes > 0);
  const ranges = [[0, 1], [2, 1], [5, 2]]; // prettier-ignore
  assert.deepEqual(note, {
    records: 4,
    from: START_US + 1e6,
    to: START_US + 5e6,
    late: false,
    series: 'x.%S',
    origins: [{ ...ORIGIN, records: 4, ranges, lost: [] }],
  });
});

test('what is there is gone on with, or left as it is; what is something else is left in any case', async () => {
  for (const appends of [true, false]) {
    const folder = newFolder();
    const split = async (batch: Batch): Promise<void> => {
      const lab = new SplitterLab({ folder, mode: 'time 10s', name: 'x.%S', appends });
      await lab.push(batch);
      await lab.splitter.end();
    };
    await split(flows([0], [1]));
    await split(flows([1, 2], [2, 12]));
    writeFileSync(join(folder, 'x.20'), 'something else');
    await split(flows([3], [22]));
    assert.equal(readFileSync(join(folder, 'x.20'), 'utf8'), 'something else');
    rmSync(join(folder, 'x.20'));
    const first = appends ? { 'x.00': [0, 1] } : { 'x.00': [0], 'x.00.2': [1] };
    assert.deepEqual(await contents(folder), { ...first, 'x.10': [2], 'x.20.2': [3] });
    const { records, from, to } = (await readNote(join(folder, 'x.00')))!;
    assert.deepEqual([records, from, to], appends ? [2, START_US + 1e6, START_US + 2e6] : [1, START_US + 1e6, START_US + 1e6]); // prettier-ignore
  }
});

test('a file that a crash left under both names is not written through', async () => {
  const folder = newFolder();
  const split = async (batch: Batch): Promise<void> => {
    const lab = new SplitterLab({ folder, mode: 'time 10s', name: 'x.%S' });
    await lab.push(batch);
    await lab.splitter.end();
  };
  await split(flows([0], [1]));
  linkSync(join(folder, 'x.00'), join(folder, '.x.00.part'));
  await split(flows([1], [2]));
  assert.deepEqual(await contents(folder), { 'x.00': [0], 'x.00.2': [1] });
});

test('suffixes go on behind those that are there', async () => {
  const folder = newFolder();
  for (const number of [0, 3]) {
    const lab = new SplitterLab({ folder, mode: 'count 2', name: 'x' });
    await lab.push(flows([number, number + 1, number + 2], [1, 2, 3]));
    await lab.splitter.end();
  }
  assert.deepEqual(await contents(folder), { xaa: [0, 1], xab: [2], xac: [3, 4], xad: [5] });
});

test('a record that matches begins a new file', async () => {
  const folder = newFolder();
  const lab = new SplitterLab({ folder, mode: 'flow port 22', name: 'x' });
  const ports = [80, 22, 80, 22, 22, 80];
  const table = { flowid: upTo(6), stime: ports.map(() => START_US), etype: ports.map(() => 0x800), ipproto: ports.map(() => 6), dport: ports }; // prettier-ignore
  await lab.push(batchOf(6, table, { origin: ORIGIN }));
  await lab.splitter.end();
  assert.deepEqual(await contents(folder), { xaa: [0], xab: [1, 2], xac: [3], xad: [4, 5] });
});

test('columns of later versions stay with a batch that goes to one file', async () => {
  const folder = newFolder();
  const lab = new SplitterLab({ folder, mode: 'time 10s', name: 'x.%S', holdSeconds: 1 });
  const unknown = [{ entry: [700, 1, [2], 0], bytes: Uint8Array.of(7, 9) }];
  await lab.push({ ...flows([0, 1], [1, 2]), unknown });
  await lab.splitter.end();
  const [batch] = await batchesIn(join(folder, 'x.00'));
  assert.deepEqual([...(batch?.unknown[0]?.bytes ?? [])], [7, 9]);
});
