/**
 * Items of all `sources` as they arrive, in order within each source. Each source is read one item ahead and no further.
 * Ends when all sources have ended, or when one of them fails.
 * @param stop is aborted when it ends for whatever reason; the sources end when it is aborted
 */
export async function* merge<T>(
  sources: readonly AsyncIterable<T>[],
  stop: AbortController,
): AsyncGenerator<T, void, undefined> {
  const ready: { readonly item: T; readonly taken: () => void }[] = [];
  let open = sources.length;
  let failure: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;

  const pump = async (source: AsyncIterable<T>): Promise<void> => {
    try {
      for await (const item of source) {
        if (stop.signal.aborted) break;
        await new Promise<void>((taken) => {
          ready.push({ item, taken });
          wake?.();
        });
      }
    } catch (error) {
      failure ??= { error };
    } finally {
      open -= 1;
      wake?.();
    }
  };

  const pumps = sources.map(pump);
  try {
    for (;;) {
      const next = ready.shift();
      if (next !== undefined) {
        next.taken();
        yield next.item;
      } else if (failure !== undefined) {
        throw failure.error;
      } else if (open === 0) {
        return;
      } else {
        await new Promise<void>((resolve) => (wake = resolve));
      }
    }
  } finally {
    stop.abort();
    for (const { taken } of ready) taken();
    await Promise.all(pumps);
  }
}
