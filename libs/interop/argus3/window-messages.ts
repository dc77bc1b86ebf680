import type { BatchMessage } from '../../record/transfer.ts';
import type { LeftOut } from './left-out.ts';
import type { ProbeState } from './probe-state.ts';
import type { WindowOptions } from './window-reader.ts';

/** What a thread is to do with all windows. */
export type ThreadOrder = Omit<WindowOptions, 'peek'>;

/** A window for a thread to read. The memory is transferred, and comes back with the result. */
export interface WindowOrder {
  readonly memory: ArrayBuffer;
  readonly end: number;
  /** What the management records before the window have told. */
  readonly state: Pick<ProbeState, 'runs' | 'firstRun' | 'totals'>;
}

/** Of one window. */
export interface WindowResult {
  readonly memory: ArrayBuffer;
  readonly batches: readonly BatchMessage[];
  /** Of all windows of the thread so far. */
  readonly leftOut: LeftOut;
}
