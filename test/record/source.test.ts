import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { commonSource, splitSource } from '../../libs/record/source.ts';

const PARTS: readonly (readonly [source: string, id: string | undefined, inf: string | undefined])[] = [
  ['192.0.2.250', '192.0.2.250', undefined],
  ['192.0.2.250/eth0', '192.0.2.250', 'eth0'],
  ['2001:db8::5/eth0.100', '2001:db8::5', 'eth0.100'],
  ['/eth0', undefined, 'eth0'],
  ['probe/', 'probe', undefined],
  ['', undefined, undefined],
];
for (const [source, id, inf] of PARTS) {
  test(`the parts of the source id '${source}'`, () => assert.deepEqual(splitSource(source), { id, inf }));
}

const COMMON: readonly (readonly [a: string, b: string, common: string])[] = [
  ['77/eth0', '77/eth0', '77/eth0'],
  ['77/eth0', '77/eth1', '77'],
  ['77/eth0', '77', '77'],
  ['77/eth0', '78/eth0', '/eth0'],
  ['77/eth0', '78/eth1', ''],
  ['77', '78', ''],
  ['/eth0', '77/eth0', '/eth0'],
];
for (const [a, b, common] of COMMON) {
  test(`'${a}' and '${b}' have '${common}' in common`, () => {
    assert.equal(commonSource(a, b), common);
    assert.equal(commonSource(b, a), common);
  });
}

test('what source ids have in common does not depend on their order', () => {
  const source = fc.constantFrom('', '77', '78', '77/eth0', '77/eth1', '78/eth0', '/eth0', '/eth1');
  fc.assert(
    fc.property(source, source, source, (a, b, c) =>
      assert.equal(commonSource(commonSource(a, b), c), commonSource(a, commonSource(b, c))),
    ),
    { seed: 1 },
  );
});
