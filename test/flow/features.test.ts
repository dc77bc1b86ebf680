import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENT } from '../../libs/record/fields/field.ts';
import { connection, FlowLab, type PlainRecord } from '../support/flow-lab.ts';

const pick = (record: PlainRecord | undefined, ...names: string[]): unknown[] => names.map((name) => record?.[name]);

test('without features their fields are absent', () => {
  const lab = new FlowLab();
  connection(lab).forth(0, { payload: 10 });
  const [record] = lab.end();
  for (const name of ['sappbytes', 'smac', 'sfirst', 'sminsz', 'sactn', 'suser'])
    assert.equal(record?.[name], undefined, name);
});

test('payload bytes, sizes and times of each direction', () => {
  const lab = new FlowLab({ features: { appBytes: true, sizes: true, response: true } });
  const c = connection(lab);
  c.forth(0, { payload: 10, wire: 64 });
  c.back(0.25, { payload: 100, wire: 154 });
  c.forth(0.5, { payload: 30, wire: 84 });
  const [record] = lab.end();
  assert.deepEqual(pick(record, 'sappbytes', 'dappbytes'), [40, 100]);
  assert.deepEqual(pick(record, 'sminsz', 'smaxsz', 'dminsz', 'dmaxsz'), [64, 84, 154, 154]);
  assert.deepEqual(pick(record, 'sfirst', 'slast', 'dfirst', 'dlast'), [0, 0.5e9, 0.25e9, 0.25e9]);
});

test('what is kept for a record starts anew with the next', () => {
  const lab = new FlowLab({ features: { sizes: true, response: true } });
  const c = connection(lab);
  c.forth(0, { wire: 1000 });
  c.forth(6, { wire: 60 });
  const [, second] = lab.end();
  assert.deepEqual(pick(second, 'sminsz', 'smaxsz', 'dminsz', 'sfirst', 'slast'), [60, 60, undefined, 0, 0]);
});

test('inter-packet times: inside bursts of one side, and between them', () => {
  const lab = new FlowLab({ features: { timing: true } });
  const c = connection(lab);
  c.forth(0, {});
  c.forth(0.01, {});
  c.forth(0.03, {});
  c.back(0.04, {});
  c.forth(1.03, {});
  const [record] = lab.end();
  assert.deepEqual(pick(record, 'sactn', 'sactsum', 'sactmin', 'sactmax'), [2, 30e6, 10e6, 20e6]);
  assert.equal(record?.['sactsq'], 10e6 ** 2 + 20e6 ** 2);
  assert.deepEqual(pick(record, 'sidln', 'sidlsum'), [1, 1e9]);
  assert.deepEqual(pick(record, 'dactn', 'didln'), [undefined, undefined]);
});

test('MAC addresses, and a mark where there are several pairs', () => {
  const from = (mac: number) => ({
    with: (h: { hasMacs: boolean; sourceMacLow: number; destinationMacLow: number }) => {
      h.hasMacs = true;
      h.sourceMacLow = mac;
      h.destinationMacLow = 2;
    },
  });
  for (const [second, expected] of [
    [1, 0],
    [3, EVENT.severalMacPairs],
  ] as const) {
    const lab = new FlowLab({ features: { macs: true } });
    const c = connection(lab);
    c.forth(0, from(1));
    c.forth(0.1, from(second));
    const [record] = lab.end();
    assert.deepEqual(pick(record, 'smac', 'dmac', 'events'), ['0.0.0.1', '0.0.0.2', expected]);
  }
});

test('the first payload bytes of each direction, up to the limit', () => {
  const lab = new FlowLab({ features: { payloadBytes: 8 } });
  const c = connection(lab);
  c.forth(0, { bytes: 'GET / ' });
  c.forth(0.1, { bytes: 'HTTP/1.1' });
  c.back(0.2, { bytes: '200' });
  const [record] = lab.end();
  assert.deepEqual(pick(record, 'suser', 'duser'), ['GET / HT', '200']);
});

test('what was kept goes along when a flow turns out to be the wrong way round', () => {
  const lab = new FlowLab({ features: { appBytes: true, sizes: true, response: true, timing: true, payloadBytes: 4 } });
  const c = connection(lab);
  c.back(0, { flags: 'A', seq: 9, payload: 7, bytes: 'back', wire: 200 });
  c.back(0.5, { flags: 'A', seq: 16, wire: 100 });
  c.forth(1, { flags: 'S', seq: 1, wire: 60 });
  const [record] = lab.end();
  assert.deepEqual(pick(record, 'saddr', 'spkts', 'dpkts', 'duser', 'suser'), ['10.0.0.1', 1, 2, 'back', undefined]);
  assert.deepEqual(pick(record, 'sminsz', 'dminsz', 'dmaxsz', 'dactn', 'dfirst', 'dlast'), [60, 100, 200, 1, 0, 0.5e9]);
});
