import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { parseSpan, TimeBins } from '../../libs/time/span.ts';

process.env['TZ'] = 'Europe/Berlin';

const us = (text: string): number => Date.parse(text) * 1000;

const CASES: readonly { span: string; time: string; start: string; end: string }[] = [
  { span: '10m', time: '2026-03-01T12:34:56Z', start: '2026-03-01T12:30:00Z', end: '2026-03-01T12:40:00Z' },
  { span: '30', time: '2026-03-01T12:34:56Z', start: '2026-03-01T12:34:30Z', end: '2026-03-01T12:35:00Z' },
  { span: '0.5s', time: '2026-03-01T12:34:56.7Z', start: '2026-03-01T12:34:56.5Z', end: '2026-03-01T12:34:57Z' },
  { span: '6h', time: '2026-03-01T12:34:56Z', start: '2026-03-01T12:00:00Z', end: '2026-03-01T18:00:00Z' },
  { span: '1d', time: '2026-03-01T23:30:00Z', start: '2026-03-02T00:00+01:00', end: '2026-03-03T00:00+01:00' },
  { span: '1d', time: '2026-03-29T12:00:00Z', start: '2026-03-29T00:00+01:00', end: '2026-03-30T00:00+02:00' },
  { span: '1w', time: '2026-03-04T12:00:00Z', start: '2026-03-01T00:00+01:00', end: '2026-03-08T00:00+01:00' },
  { span: '1M', time: '2026-02-28T23:30:00Z', start: '2026-03-01T00:00+01:00', end: '2026-04-01T00:00+02:00' },
  { span: '1y', time: '2026-06-01T00:00:00Z', start: '2026-01-01T00:00+01:00', end: '2027-01-01T00:00+01:00' },
];
for (const { span, time, start, end } of CASES) {
  test(`${span} around ${time}`, () => {
    const bins = new TimeBins(parseSpan(span));
    bins.seek(us(time));
    assert.deepEqual({ start: bins.startUs, end: bins.endUs }, { start: us(start), end: us(end) });
  });
}

test('intervals hold their times and follow each other', () => {
  const spans = ['7s', '10m', '5h', '1d', '3d', '1w', '1M', '2M', '1y'];
  const times = fc.integer({ min: us('1969-01-01T00:00Z'), max: us('2040-01-01T00:00Z') });
  fc.assert(
    fc.property(fc.constantFrom(...spans), times, (span, time) => {
      const bins = new TimeBins(parseSpan(span));
      bins.seek(time);
      const { startUs, endUs } = bins;
      assert.ok(startUs <= time && time < endUs);
      bins.seek(endUs);
      assert.equal(bins.startUs, endUs);
      bins.seek(startUs - 1);
      assert.equal(bins.endUs, startUs);
    }),
    { seed: 1 },
  );
});

for (const text of ['', 'm', '10 m', '10q', '0m', '-1m', '1.5d', '2000y', '1e3s']) {
  test(`'${text}' is no span`, () => assert.throws(() => parseSpan(text), { name: 'UsageError' }));
}
