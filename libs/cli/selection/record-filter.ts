import type { Filter } from '../../filter/compile.ts';
import { EVERYTHING } from '../../filter/everything.ts';

/** What a command line says of which records it wants. */
export interface FilterArguments {
  /** The words of a filter. */
  readonly operands: readonly string[];
  /** As `-t` takes them. */
  readonly time: readonly string[];
  /** As `-e` takes it. */
  readonly payload: string | undefined;
}

/**
 * The filter of a command line. The compiler is loaded for those who filter.
 * @param nowMs which times such as -10m count from, milliseconds since the epoch
 * @throws {UsageError} when something of it is not understood
 */
export async function recordFilter({ operands, time, payload }: FilterArguments, nowMs = Date.now()): Promise<Filter> {
  if (operands.length === 0 && time.length === 0 && payload === undefined) return EVERYTHING;
  const { compileFilter } = await import('../../filter/compile.ts');
  const { payloadNode, timesNode } = await import('../../filter/narrowing.ts');
  const { parseTimeRange } = await import('../../time/range.ts');
  const times = time.map((text) => parseTimeRange(text, { nowMs }));
  return compileFilter(operands.join(' '), [
    ...(times.length === 0 ? [] : [timesNode(times)]),
    ...(payload === undefined ? [] : [payloadNode(payload)]),
  ]);
}
