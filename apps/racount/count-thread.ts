import { workerData } from 'node:worker_threads';
import { Room } from '../../libs/codec/room.ts';
import { SelectedRows, type SelectedOrder } from '../../libs/cli/scan/selected-rows.ts';
import { serveScan, type ScanWork } from '../../libs/cli/scan/serve.ts';
import { Counting, type CountingSettings, type CountingState } from './counting.ts';

/** What the threads that count are told. */
export interface CountOrder {
  readonly selected: SelectedOrder;
  readonly counting: CountingSettings;
}

/** Counts the records of its windows. */
async function countingOf(order: CountOrder): Promise<ScanWork<undefined, CountingState>> {
  const selected = await SelectedRows.open(order.selected);
  const counting = new Counting(order.counting, selected.selection.showsManagement);
  return {
    decoding: { ...selected.decoding, room: new Room() },
    push(batch): void {
      const count = selected.take(batch);
      if (count > 0) counting.add(batch, count === batch.rows ? undefined : selected.rows, count);
    },
    result: () => ({ result: undefined, transfer: [] }),
    rest: () => ({ result: counting.state, transfer: [] }),
  };
}

serveScan(countingOf(workerData as CountOrder));
