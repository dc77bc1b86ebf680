import type { BatchMessage } from '../../record/transfer.ts';
import type { LeftOut } from './left-out.ts';
import type { ProbeState } from './probe-state.ts';
import type { WindowOptions } from './window-reader.ts';

/** What a thread is to do with all windows. */
export interface ThreadOrder extends Omit<WindowOptions, 'peek' | 'allocate' | 'isManagementApart'> {
  /** Whether buffers of batches come back, and may be shared. */
  readonly isReturned: boolean;
}

/** A window for a thread to read. */
export interface WindowOrder {
  readonly memory: SharedArrayBuffer;
  readonly end: number;
  /** Where it begins in the file. */
  readonly start: number;
  /** Of batches that nobody looks at any more. */
  readonly returned: readonly SharedArrayBuffer[];
  /** What the management records before the window have told. */
  readonly state: Pick<ProbeState, 'runs' | 'firstRun'>;
}

/** Of one window. */
export interface WindowResult {
  readonly batches: readonly BatchMessage[];
  /** As that of `WindowReader`. */
  readonly managementAfter: readonly number[];
  /** Of all windows of the thread so far. */
  readonly leftOut: LeftOut;
}
