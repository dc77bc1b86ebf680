import type { Features } from './optional-rows.ts';
import type { Timeouts } from './timeouts.ts';

export interface FlowTableOptions {
  /** Most flows at once; the flow idle longest makes room for a new one. */
  readonly flowsMax: number;
  /** A record is written when its first packet is this old. */
  readonly statusUs: number;
  readonly timeouts?: Timeouts;
  readonly features?: Features;
  /** Write a record with zero counters for a flow that ends silently after a status record. */
  readonly endRecords?: boolean;
  /** Seed of the hash; random in a probe, fixed in a test. */
  readonly seed: number;
  /** Flow ids to give out; 1, 2, 3 … by default. */
  readonly flowIds?: { readonly first: number; readonly step: number };
}

export interface FlowCounters {
  /** Flows opened. */
  opened: number;
  /** Flows that had to leave a full table. */
  evicted: number;
  /** Packets counted in some flow. */
  packets: number;
}
