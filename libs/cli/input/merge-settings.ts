import type { Batch } from '../../record/batch.ts';
import { STORED_FIELDS } from '../../record/fields/stored.ts';
import { parseMemory } from '../memory-size.ts';

/** Which rows of a batch are wanted: the first as many of `rows` as it returns. */
export interface Wanted {
  readonly rows: Uint32Array;
  match(batch: Batch): number;
}

/** How records are brought in the order of their starts. */
export interface MergeSettings {
  /** Rows that are; undefined for all. */
  readonly wanted: Wanted | undefined;
  /** Records beyond this much memory wait in temporary files. */
  readonly memoryBytes: number;
}

/** Stored fields that are looked at for it, beside those that are asked for. */
export const START_FIELDS: readonly number[] = [STORED_FIELDS.stime.number];

/** What `--merge` says; undefined where it is not given. */
export function mergeOf(
  args: { readonly merge: boolean; readonly memory?: string | undefined },
  wanted: Wanted | undefined,
): MergeSettings | undefined {
  return args.merge ? { wanted, memoryBytes: parseMemory(args.memory) } : undefined;
}
