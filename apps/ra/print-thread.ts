import { workerData } from 'node:worker_threads';
import { planPrinting } from '../../libs/cli/output/printer.ts';
import { parseModes } from '../../libs/cli/modes.ts';
import { Room } from '../../libs/codec/room.ts';
import { SelectedRows } from '../../libs/cli/scan/selected-rows.ts';
import { serveScan, type Outgoing, type ScanWork } from '../../libs/cli/scan/serve.ts';
import { Totals } from '../../libs/cli/output/totals.ts';
import { MANAGEMENT_BATCH, type Batch } from '../../libs/record/batch.ts';
import type { PrintOrder, Printed } from './print-scan.ts';

/** Prints the records of its windows. */
async function printing({ args, showsManagement, ...order }: PrintOrder): Promise<ScanWork<Printed>> {
  const { printer } = await planPrinting(args, parseModes(args.mode));
  const selected = await SelectedRows.open({ args, ...order });
  const totals = args.totals ? new Totals() : undefined;
  return {
    decoding: { ...selected.decoding, room: new Room() },
    push(batch: Batch): void {
      const count = selected.take(batch);
      totals?.add(batch, selected.rows, count);
      if (count === 0 || args.quiet || (batch.kind === MANAGEMENT_BATCH && !showsManagement)) return;
      const rows = count === batch.rows ? undefined : selected.rows;
      printer.add(batch, rows, count);
    },
    result(): Outgoing<Printed> {
      const text = printer.take();
      return { result: { text, totals: totals?.take() }, transfer: [text.buffer] };
    },
  };
}

serveScan(printing(workerData as PrintOrder));
