import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PcapngClock } from '../../libs/capture/pcapng-clock.ts';

/** Nanoseconds since the epoch, rounded down to the clock's own units, in whole numbers. */
function exact(resolution: number, offsetSeconds: bigint, units: bigint): bigint {
  const exponent = BigInt(resolution & 0x7f);
  const perSecond = (resolution & 0x80) === 0 ? 10n ** exponent : 2n ** exponent;
  const whole = units / perSecond;
  return (whole + offsetSeconds) * 1_000_000_000n + ((units % perSecond) * 1_000_000_000n) / perSecond;
}

test('every resolution and offset gives the exact time, or the last that a double holds', () => {
  const resolution = fc.oneof(fc.constantFrom(0, 3, 6, 9, 12, 0x80, 0x8a, 0xa0, 0xbf), fc.nat(255));
  const units = fc.oneof(fc.bigInt(0n, (1n << 64n) - 1n), fc.bigInt(0n, 1n << 51n));
  const offset = fc.oneof(
    fc.constant(0n),
    fc.bigInt(-(2n ** 32n), 2n ** 32n),
    fc.constantFrom(-(2n ** 40n), 2n ** 60n),
  );
  fc.assert(
    fc.property(resolution, offset, units, (tsresol, tsoffset, time) => {
      const clock = new PcapngClock(tsresol, tsoffset);
      clock.set(Number(time >> 32n), Number(time & 0xffff_ffffn));
      const { us, ns } = clock;
      assert.ok(Number.isSafeInteger(us) && ns >= 0 && ns <= 999);
      const expected = exact(tsresol, tsoffset, time);
      const expectedUs = (expected - BigInt(ns)) / 1000n;
      if (expectedUs > 2n ** 53n - 1n) assert.equal(us, Number.MAX_SAFE_INTEGER);
      else if (expectedUs < 1n - 2n ** 53n) assert.equal(us, Number.MIN_SAFE_INTEGER);
      else assert.equal(BigInt(us) * 1000n + BigInt(ns), expected);
    }),
    { numRuns: 2000, seed: 7 },
  );
});

const CASES: readonly { name: string; resolution?: number; offset?: bigint; units: bigint; us: number; ns: number }[] =
  [
    { name: 'microseconds unless it says otherwise', units: 1_700_000_000_000_001n, us: 1_700_000_000_000_001, ns: 0 },
    { name: 'nanoseconds', resolution: 9, units: 1_700_000_000_123_456_789n, us: 1_700_000_000_123_456, ns: 789 },
    { name: 'a power of two', resolution: 0x81, units: 3n, us: 1_500_000, ns: 0 },
    { name: 'before the epoch', resolution: 0, offset: -10n, units: 3n, us: -7_000_000, ns: 0 },
    { name: 'beyond all time', resolution: 0, units: 1n << 63n, us: Number.MAX_SAFE_INTEGER, ns: 0 },
  ];
for (const { name, resolution, offset, units, us, ns } of CASES) {
  test(`clock: ${name}`, () => {
    const clock = new PcapngClock(resolution, offset);
    clock.set(Number(units >> 32n), Number(units & 0xffff_ffffn));
    assert.deepEqual([clock.us, clock.ns], [us, ns]);
  });
}
