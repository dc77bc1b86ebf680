import { parentPort, workerData } from 'node:worker_threads';
import { toMessage } from '../../record/transfer.ts';
import { ProbeState } from './probe-state.ts';
import type { ThreadOrder, WindowOrder, WindowResult } from './window-messages.ts';
import { WindowReader } from './window-reader.ts';

/** Reads window after window, as long as there is somebody to read for. */
function serve(port: NonNullable<typeof parentPort>, order: ThreadOrder): void {
  const reader = new WindowReader(order);
  port.on('message', ({ memory, end, state }: WindowOrder) => {
    reader.state = new ProbeState(state);
    const batches = reader.read({ bytes: new Uint8Array(memory), end }).map(toMessage);
    const result: WindowResult = { memory, batches, leftOut: reader.leftOut };
    port.postMessage(result, [memory, ...batches.map(({ buffer }) => buffer)]);
  });
}

if (parentPort === null) throw new Error('the thread that reads windows is no program of its own');
serve(parentPort, workerData as ThreadOrder);
