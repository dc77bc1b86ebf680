/** Difference between this machine's clock and our steady one that is let pass, milliseconds. */
const DRIFT_MS = 5;

let shiftMs = 0;

/**
 * Now, microseconds since the epoch: steady, and finer than a millisecond, but never more than a few milliseconds from
 * this machine's clock, which it follows when that is set.
 */
export function nowUs(): number {
  const steadyMs = performance.timeOrigin + performance.now();
  const wallMs = Date.now();
  if (Math.abs(wallMs - steadyMs - shiftMs) > DRIFT_MS) shiftMs = wallMs - steadyMs;
  return Math.floor((steadyMs + shiftMs) * 1000);
}
