import type { Writable } from 'node:stream';

/** How long a reader that takes nothing keeps a command that was told to stop, milliseconds. */
export const STALLED_MS = 5000;
const LOOK_MS = 250;

/**
 * Waits for the word to stop, and from then on for a reader that takes nothing of what is written for `STALLED_MS`.
 * @param stream a pipe or socket; of others nothing waits
 * @param stalled called at most once
 */
export function watchReader(stream: Writable, stop: AbortSignal, stalled: () => void): void {
  const watch = (): void => {
    let left = bytesLeft(stream);
    let sinceMs = performance.now();
    const timer = setInterval(() => {
      const now = bytesLeft(stream);
      if (now === 0 || now !== left) sinceMs = performance.now();
      left = now;
      if (performance.now() - sinceMs < STALLED_MS) return;
      clearInterval(timer);
      stalled();
    }, LOOK_MS);
    timer.unref();
    stream.once('close', () => clearInterval(timer));
  };
  if (stop.aborted) watch();
  else stop.addEventListener('abort', watch, { once: true });
}

/** Of what was written; the system's own count changes also while it takes one large piece. */
function bytesLeft(stream: Writable): number {
  const handle: unknown = Reflect.get(stream, '_handle');
  const inOnePiece: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'writeQueueSize') : 0;
  return stream.writableLength + (typeof inOnePiece === 'number' ? inOnePiece : 0);
}
