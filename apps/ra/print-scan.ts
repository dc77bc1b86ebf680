import type { PrintPlan } from '../../libs/cli/output/printer.ts';
import type { Scan } from '../../libs/cli/scan/scan.ts';
import type { SelectedOrder } from '../../libs/cli/scan/selected-rows.ts';
import { openScan } from '../../libs/cli/scan/threads-option.ts';
import type { TotalCounts } from '../../libs/cli/output/totals.ts';
import type { RaArguments } from './options.ts';

/** What the threads that print are told. */
export interface PrintOrder extends Omit<SelectedOrder, 'args'> {
  readonly args: RaArguments;
  readonly showsManagement: boolean;
}

/** What became of a window. */
export interface Printed {
  /** UTF-8, nothing where nothing is printed. */
  readonly text: Uint8Array<ArrayBuffer>;
  readonly totals: TotalCounts | undefined;
}

/**
 * Threads that print for `ra`.
 * @returns undefined where records have to be handled one after the other: to count them, to put headings between them, to ask for
 * the names of their hosts, to write them to files, to bring them into an order
 */
export function printScan(
  order: PrintOrder,
  { names, headersEvery, printer, color }: PrintPlan,
  take: (printed: Printed) => Promise<void>,
): Scan<Printed> | undefined {
  const args = { ...order.args, color: color ? 'always' : 'never' };
  const isPlain = args.range === undefined && args.write.length === 0 && args.rejected === undefined && !args.merge;
  if (!isPlain || names !== undefined || headersEvery > 0 || args.server.length > 0) return undefined;
  if (printer.isOrdered || printer.countsFirst) return undefined;
  return openScan(args.threads, {
    module: new URL('./print-thread.js', import.meta.url),
    order: { ...order, args },
    take,
  });
}
