/** Longest time that a timer can wait. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/**
 * A signal that aborts when `signal` does, or after some seconds; 0 or undefined is never. (`AbortSignal.timeout` under an
 * `AbortSignal.any` may be collected before its time.)
 */
export function stopAfter(seconds: number | undefined, signal: AbortSignal): AbortSignal {
  if (seconds === undefined || seconds <= 0) return signal;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), Math.min(seconds * 1000, TIMER_MS_MAX)).unref();
  const abort = (): void => {
    clearTimeout(timer);
    stop.abort(signal.reason);
  };
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return stop.signal;
}
