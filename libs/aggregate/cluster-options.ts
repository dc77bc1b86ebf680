import type { Timeouts } from './expiry.ts';
import type { Model } from './model.ts';

export interface ClusterOptions {
  readonly model: Model;
  /** Memory that groups may take, bytes; beyond that records wait on the disk. */
  readonly memoryBytes: number;
  /** Numbers of the fields that groups keep; undefined for all. */
  readonly fields?: ReadonlySet<number>;
  /** See `GroupsOptions`. */
  readonly preserves?: boolean;
  readonly reports?: boolean;
  /** Each record is two, of one side each. */
  readonly oneWay?: boolean;
  /** Records come in the order of their starts, as far as they are in memory. */
  readonly sorts?: boolean;
  /** When groups are done before the end; those that are not have a place in memory whatever it takes. */
  readonly timeouts?: Timeouts;
  /** Records of batches of so many and more stay as they are while they are alone in their group; undefined where all are merged at once. */
  readonly loneRowsMin?: number;
}
