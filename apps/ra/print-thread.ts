import { workerData } from 'node:worker_threads';
import { planPrinting } from '../../libs/cli/printer.ts';
import { parseModes } from '../../libs/cli/modes.ts';
import { Room } from '../../libs/codec/room.ts';
import { SelectedRows } from '../../libs/cli/scan/selected-rows.ts';
import { serveScan, type Outgoing, type ScanWork } from '../../libs/cli/scan/serve.ts';
import { Totals } from '../../libs/cli/totals.ts';
import { MANAGEMENT_BATCH, type Batch } from '../../libs/record/batch.ts';
import type { PrintOrder, Printed } from './print-scan.ts';

/** Prints the records of its windows. */
async function printing({ args, showsManagement, ...order }: PrintOrder): Promise<ScanWork<Printed>> {
  const { printer } = await planPrinting(args, parseModes(args.mode));
  const selected = await SelectedRows.open({ args, ...order });
  const totals = args.totals ? new Totals() : undefined;
  const texts: Uint8Array[] = [];
  return {
    decoding: { ...selected.decoding, room: new Room() },
    push(batch: Batch): void {
      const count = selected.take(batch);
      totals?.add(batch, selected.rows, count);
      if (count === 0 || args.quiet || (batch.kind === MANAGEMENT_BATCH && !showsManagement)) return;
      const rows = count === batch.rows ? undefined : selected.rows;
      texts.push(new Uint8Array(printer.rowBytes(batch, rows, count))); // which is overwritten next time
    },
    result(): Outgoing<Printed> {
      const text = joined(texts.splice(0));
      return { result: { text, totals: totals?.take() }, transfer: [text.buffer] };
    },
  };
}

function joined(texts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(texts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const text of texts) {
    all.set(text, end);
    end += text.length;
  }
  return all;
}

serveScan(printing(workerData as PrintOrder));
