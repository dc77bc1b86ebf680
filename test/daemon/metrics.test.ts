import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Metrics } from '../../libs/daemon/metrics.ts';
import { parseExposition } from '../support/exposition.ts';

test('figures print by family, with help and type before the first', () => {
  const metrics = new Metrics();
  metrics.counter('panoptes_packets_total', 'Packets.', 12, { input: 'eth0', source: 7 });
  metrics.gauge('panoptes_flows', 'Flows\nnow.', 0.5);
  metrics.counter('panoptes_packets_total', 'Packets.', 3, { input: 'eth1', source: 8 });
  metrics.gauge('panoptes_unknown', 'Nobody knows.', undefined);
  metrics.gauge('panoptes_nothing', 'No number.', Number.NaN);
  assert.equal(
    metrics.text(),
    '# HELP panoptes_packets_total Packets.\n# TYPE panoptes_packets_total counter\n' +
      'panoptes_packets_total{input="eth0",source="7"} 12\npanoptes_packets_total{input="eth1",source="8"} 3\n' +
      '# HELP panoptes_flows Flows\\nnow.\n# TYPE panoptes_flows gauge\npanoptes_flows 0.5\n',
  );
});

test('whatever a label says, the page stays one that can be read, and says it', () =>
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { maxLength: 5 }), (names) => {
      const metrics = new Metrics();
      names.forEach((name, i) => metrics.gauge('panoptes_x', 'X.', i, { name, number: i }));
      const samples = parseExposition(metrics.text());
      assert.equal(samples.length, names.length);
      samples.forEach(({ labels, value }, i) => {
        assert.equal(value, i);
        assert.equal([...(labels['name'] ?? '')].length, [...(names[i] ?? '')].length);
        if (/^[ -~]*$/.test(names[i] ?? '')) assert.equal(labels['name'], names[i]);
      });
    }),
    { seed: 5, numRuns: 500 },
  ));

test('there is a most of everything, and what has no room is counted', () => {
  const metrics = new Metrics();
  for (let i = 0; i < 20_005; i++) metrics.gauge('panoptes_x', 'X.', i, { i, long: 'l'.repeat(1000) });
  const samples = parseExposition(metrics.text());
  assert.equal(samples.length, 20_001);
  assert.equal(samples.at(-1)?.name, 'panoptes_metrics_left_out_values');
  assert.equal(samples.at(-1)?.value, 5);
  assert.equal(samples[0]?.labels['long']?.length, 255);
});

test('names that the format does not have are bugs', () => {
  const metrics = new Metrics();
  assert.throws(() => metrics.gauge('panoptes-x', 'X.', 1), RangeError);
  assert.throws(() => metrics.gauge('panoptes_y', 'Y.', 1, { 'a-b': 1 }), RangeError);
  assert.throws(() => metrics.counter('panoptes_x', 'X.', 1), RangeError);
  metrics.gauge('panoptes_z_total', 'Z.', 1);
  assert.throws(() => metrics.counter('panoptes_z_total', 'Z.', 1), RangeError);
});
