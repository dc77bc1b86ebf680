import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENT } from '../../libs/record/fields/field.ts';
import { connection, FlowLab } from '../support/flow-lab.ts';

/** Segments of the initiator as [sequence, bytes]; what the record must say of them. */
const STREAMS: { name: string; segments: [number, number][]; retrans?: number; ooo?: number; gap?: number }[] = [
  { name: 'in order', segments: [[0, 100], [100, 100], [200, 1]] },
  { name: 'sent again', segments: [[0, 100], [100, 100], [100, 100]], retrans: 1 },
  { name: 'sent again in part', segments: [[0, 100], [50, 100]], retrans: 1 },
  { name: 'two exchanged', segments: [[0, 100], [200, 100], [100, 100]], ooo: 1 },
  { name: 'filled from both ends', segments: [[0, 100], [200, 100], [100, 40], [140, 60]], ooo: 2 },
  { name: 'filled in the middle', segments: [[0, 100], [400, 100], [200, 100]], ooo: 1, gap: 200 },
  { name: 'filled twice', segments: [[0, 100], [200, 100], [100, 100], [100, 100]], ooo: 1, retrans: 1 },
  { name: 'never filled', segments: [[0, 100], [600, 100]], gap: 500 },
  { name: 'five holes: the oldest is given up', segments: [[0, 10], [20, 10], [40, 10], [60, 10], [80, 10], [100, 10], [10, 10]], retrans: 1, gap: 50 },
  { name: 'keep-alive', segments: [[0, 100], [99, 1], [99, 0]] },
  { name: 'across the wrap of sequence numbers', segments: [[0xffff_ffce - 1000, 100], [0xffff_ffce - 900, 1000], [50, 50]] },
]; // prettier-ignore

for (const { name, segments, retrans = 0, ooo = 0, gap = 0 } of STREAMS) {
  test(`TCP stream: ${name}`, () => {
    const lab = new FlowLab();
    const c = connection(lab);
    segments.forEach(([seq, payload], i) => c.forth(i / 100, { flags: 'A', seq: 1000 + seq, ack: 1, payload }));
    const [record] = lab.end();
    assert.deepEqual(
      { retrans: record?.['sretrans'], ooo: record?.['sooo'], gap: record?.['sgap'] },
      { retrans, ooo, gap },
    );
    assert.equal((Number(record?.['events']) & EVENT.sourceOutOfOrder) !== 0, ooo > 0);
  });
}

test('a gap is counted in one record only', () => {
  const lab = new FlowLab();
  const c = connection(lab);
  c.forth(0, { flags: 'A', seq: 1000, payload: 100 });
  c.forth(0.1, { flags: 'A', seq: 1600, payload: 100 });
  c.forth(6, { flags: 'A', seq: 1700, payload: 100 });
  c.forth(12, { flags: 'A', seq: 2000, payload: 100 });
  assert.deepEqual(
    lab.end().map((r) => r['sgap']),
    [500, 0, 200],
  );
});

test('windows are scaled when both sides agreed to', () => {
  for (const { back, expected } of [
    { back: 8, expected: [64_256, 500] },
    { back: -1, expected: [502, 500] },
  ]) {
    const lab = new FlowLab();
    const c = connection(lab);
    c.forth(0, { flags: 'S', seq: 1, scale: 7 });
    c.back(0.1, { flags: 'SA', seq: 5, ack: 2, scale: back, window: 500 });
    c.forth(0.2, { flags: 'A', seq: 2, ack: 6, window: 502 });
    const [record] = lab.end();
    assert.deepEqual([record?.['swin'], record?.['dwin']], expected);
  }
});

test('zero windows and ECN are marked by side', () => {
  const lab = new FlowLab();
  const c = connection(lab);
  c.forth(0, { flags: 'A', seq: 1, window: 0 });
  c.back(0.1, { flags: 'AE', seq: 1 });
  assert.equal(lab.end()[0]?.['events'], EVENT.sourceZeroWindow | EVENT.destinationEcn);
});
