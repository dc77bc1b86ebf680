import assert from 'node:assert/strict';
import test from 'node:test';
import { parseInterfaces } from '../../apps/argus/interfaces.ts';
import { UsageError } from '../../libs/core/errors.ts';

const UP = ['eth0', 'eth1', 'wg0'];

/** Groups as text: interfaces joined by +, the id behind a slash. */
const read = (...places: string[]): string =>
  parseInterfaces(
    places.map((place) => place.split(' ')),
    () => UP,
  )
    .map(({ interfaces, source }) => interfaces.join('+') + (source === undefined ? '' : `/${source}`))
    .join(' ');

const GOOD: readonly (readonly [places: readonly string[], groups: string])[] = [
  [['eth0'], 'eth0'],
  [['eth0/3'], 'eth0/3'],
  [['eth0/10.1.1.1', 'eth1/"r2"'], 'eth0/10.1.1.1 eth1/r2'],
  [['eth0', 'eth1'], 'eth0 eth1'],
  [['eth0 eth1'], 'eth0+eth1'],
  [['eth0,eth1'], 'eth0 eth1'],
  [['ind:eth0,eth1'], 'eth0 eth1'],
  [['ind:eth0/1,eth1/2'], 'eth0/1 eth1/2'],
  [['bond:eth0,eth1'], 'eth0+eth1'],
  [['dup:eth0,eth1/7'], 'eth0+eth1/7'],
  [['dup:[bond:eth0,eth1],eth2/3'], 'eth0+eth1+eth2/3'],
  [['ind:[bond:eth0,eth1]/1,[dup:eth2,eth3]/2,eth4'], 'eth0+eth1/1 eth2+eth3/2 eth4'],
  [['ind:all'], 'eth0 eth1 wg0'],
  [['all'], 'eth0 eth1 wg0'],
  [['bond:all'], 'eth0+eth1+wg0'],
  [['any'], 'any'],
  [['br-lan.7', 'eth0:1'], 'br-lan.7 eth0:1'],
];

for (const [places, groups] of GOOD) {
  test(`-i ${places.join(' -i ')} is ${groups}`, () => assert.equal(read(...places), groups));
}

const BAD: readonly (readonly [place: string, says: RegExp])[] = [
  ['bond:', /name of an interface is missing\n {2}bond:\n {7}\^/],
  ['eth0,', /missing\n {2}eth0,\n {7}\^/],
  ['eth0/', /source id is missing/],
  ['dup:[eth0,eth1', /']' is missing/],
  ['eth0]', /'\]' is not expected here\n {2}eth0\]\n {6}\^/],
  ['eth0,bond:eth1,eth2', /'bond:' is not expected here/],
  ['eth0,eth0', /'eth0' is named twice/],
  ['[eth0,eth1]/3', /one source id for 2/],
  [`${'['.repeat(100)}eth0`, /too many brackets/],
  [Array.from({ length: 65 }, (_, i) => `e${i}`).join(','), /at most 64/],
];

for (const [place, says] of BAD) {
  test(`-i ${place.slice(0, 40)} is refused`, () => {
    assert.throws(
      () => read(place),
      (error: unknown) => error instanceof UsageError && says.test(error.message),
    );
  });
}
