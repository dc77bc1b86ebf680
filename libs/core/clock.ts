/** Difference between this machine's clock and our steady one that is let pass, milliseconds. */
const DRIFT_MS = 5;

let shiftMs = 0;

/**
 * Now, microseconds since the epoch: steady, and finer than a millisecond, but never more than a few milliseconds from
 * this machine's clock, which it follows when that is set.
 */
export function nowUs(): number {
  const ownMs = performance.timeOrigin + performance.now();
  const wallMs = Date.now();
  if (Math.abs(wallMs - ownMs - shiftMs) > DRIFT_MS) shiftMs = wallMs - ownMs;
  return Math.floor((ownMs + shiftMs) * 1000);
}

/** Milliseconds of a steady clock, of which only differences mean something. Unlike `performance` it is there without being loaded. */
export function steadyMs(): number {
  const [seconds, ns] = process.hrtime();
  return seconds * 1e3 + ns / 1e6;
}
