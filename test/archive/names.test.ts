import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { NameTemplate, reduced } from '../../libs/archive/name-template.ts';
import { parseSplitMode } from '../../libs/archive/split-mode.ts';
import { suffixOf } from '../../libs/archive/suffix.ts';
import { recordBatch } from '../support/records.ts';

process.env['TZ'] = 'Asia/Kolkata';

const TIME_US = Date.UTC(2026, 2, 1, 12, 34, 56) * 1000 + 789_012;
const batch = recordBatch([
  {
    stime: TIME_US,
    etype: 0x0800,
    ipproto: 6,
    saddr: '10.0.0.1',
    daddr: '2001:db8::1',
    dport: 443,
    spkts: 3,
    dpkts: 4,
  },
  { stime: TIME_US, ipproto: 17 },
]);

const NAMES: readonly { template: string; row?: number; needsTime?: boolean; name: string }[] = [
  { template: '/var/log/argus/%Y-%m-%d/argus.%H.%M.%S', name: '/var/log/argus/2026-03-01/argus.18.04.56' },
  { template: 'x', needsTime: true, name: 'x.2026.03.01.18.04.56' },
  { template: 'x.', needsTime: true, name: 'x.2026.03.01.18.04.56' },
  { template: 'x', name: 'x' },
  { template: '100%%/$$x', name: '100%/$x' },
  { template: '%s.%f', name: '1772368496.789012' },
  { template: '$srcid/$proto.', name: '192.0.2.250/tcp.' },
  { template: '${saddr}to$daddr', name: '10.0.0.1to2001:db8::1' },
  { template: '$dport-$pkts', name: '443-7' },
  { template: 'p$dport', row: 1, name: 'p_' },
  { template: '$stime', name: '18:04:56.789012' },
];
for (const { template, row = 0, needsTime = false, name } of NAMES) {
  test(`${template} is ${name}`, () => {
    const compiled = new NameTemplate(template, needsTime);
    assert.equal(compiled.nameOf(compiled.valuesOf(batch, row), TIME_US), name);
  });
}

const WRONG: readonly { template: string; hint: RegExp }[] = [
  { template: '$sadr', hint: /'saddr'/ },
  { template: '${}', hint: /--list-fields/ },
  { template: '%Q', hint: /%Y-%m-%d/ },
  { template: '', hint: /^$/ },
  { template: 'folder/', hint: /^$/ },
];
for (const { template, hint } of WRONG) {
  test(`'${template}' is refused`, () => {
    assert.throws(() => new NameTemplate(template, true), { name: 'UsageError', hint });
  });
}

test('a value of a name leads nowhere else, hides nothing, and is not mistaken for another', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 30, unit: fc.constantFrom(...'aZ9.:-_/\\%$ é\u202e\0\n'.split('')) }),
      (value) => {
        assert.match(reduced(value), /^(?!\.)([A-Za-z0-9._:-]|%[0-9A-F]{2})+$/);
        const decoded = decodeURIComponent(reduced(value));
        assert.equal(decoded, value.trim() === '' ? '_' : value.trim());
      },
    ),
    { seed: 1 },
  );
  assert.equal(reduced('..'), '%2E.');
  assert.equal(reduced('_'), '%5F');
});

test('suffixes go from aa to zz, then get a letter more', () => {
  const cases: readonly [number, number, string][] = [
    [0, 2, 'aa'],
    [1, 2, 'ab'],
    [26, 2, 'ba'],
    [675, 2, 'zz'],
    [676, 2, 'aaa'],
    [677, 2, 'aab'],
    [25, 1, 'z'],
    [26, 1, 'aa'],
  ];
  for (const [index, length, suffix] of cases) assert.equal(suffixOf(index, length), suffix);
});

const MODES: readonly { words: string[]; mode: unknown }[] = [
  { words: ['time', '10m'], mode: { kind: 'time', span: { count: 10, unit: 'm' } } },
  { words: ['time 10m', 'nomodify'], mode: { kind: 'time', span: { count: 10, unit: 'm' } } },
  { words: ['count', '10k'], mode: { kind: 'count', limit: 10_000 } },
  { words: ['size', '1.5M'], mode: { kind: 'size', limit: 1_500_000 } },
  { words: ['size', '2b'], mode: { kind: 'size', limit: 2e9 } },
  { words: ['flow', 'tcp and port 22'], mode: { kind: 'flow', filter: 'tcp and port 22' } },
  { words: [], mode: { kind: 'count', limit: 10_000 } },
];
for (const { words, mode } of MODES) {
  test(`-M ${words.join(' ')}`, () => assert.deepEqual(parseSplitMode(words), mode));
}
for (const words of [['tme', '10m'], ['time'], ['time', 'soon'], ['count', '0'], ['count', '5', 'size', '7']]) {
  test(`-M ${words.join(' ')} is refused`, () => assert.throws(() => parseSplitMode(words), { name: 'UsageError' }));
}
