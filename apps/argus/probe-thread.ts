import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import type { Batch } from '../../libs/record/batch.ts';
import { toMessage, type BatchMessage } from '../../libs/record/transfer.ts';
import { Probe, type ProbeOptions, type ProbeTotals } from './probe.ts';
import { openCaptures, type CaptureSettings, type Damage } from './sources.ts';

/** What a probe thread is started with. */
export interface ThreadOrder {
  readonly options: ProbeOptions;
  readonly captures: CaptureSettings;
}

/** What a probe thread says: a batch, or that it has ended. */
export type ThreadMessage =
  | { readonly batch: BatchMessage }
  | { readonly linkUnknown: number }
  | { readonly totals: ProbeTotals; readonly damage: readonly Damage[] };

/** What it hears: that a batch was taken, or that it should end. */
export type ThreadCommand = 'taken' | 'stop';

/** Batches on their way at once; beyond it the thread waits. */
const UNDER_WAY_MAX = 4;

/** Runs one probe over capture files in a thread of its own and hands its batches over. */
async function main(port: NonNullable<typeof parentPort>, order: ThreadOrder): Promise<void> {
  let underWay = 0;
  const stop = new AbortController();
  port.on('message', (command: ThreadCommand) => {
    if (command === 'stop') stop.abort();
    else underWay -= 1;
  });
  const ready = async (): Promise<void> => {
    while (underWay > UNDER_WAY_MAX) await once(port, 'message');
  };
  const emit = (batch: Batch): void => {
    underWay += 1;
    port.postMessage({ batch: toMessage(batch) } satisfies ThreadMessage, [batch.buffer]);
  };
  const probe = new Probe(order.options, emit, (linkType) =>
    port.postMessage({ linkUnknown: linkType } satisfies ThreadMessage),
  );
  const damage: Damage[] = [];
  for await (const source of openCaptures(order.captures, damage, process.stdin, stop.signal))
    await probe.read(source, stop.signal, ready);
  probe.flush();
  port.postMessage({ totals: probe.totals(), damage } satisfies ThreadMessage);
  port.close();
}

if (parentPort === null) throw new Error('the probe thread is no program of its own');
await main(parentPort, workerData as ThreadOrder);
