import { parentPort, workerData } from 'node:worker_threads';
import { BufferPool } from '../../record/buffer-pool.ts';
import { newBuffer } from '../../record/builder.ts';
import { toMessage, transferred } from '../../record/transfer.ts';
import { ProbeState } from './probe-state.ts';
import type { ThreadOrder, WindowOrder, WindowResult } from './window-messages.ts';
import { WindowReader } from './window-reader.ts';

/** Of buffers that came back and wait to be used again. */
const FREE_BYTES_MAX = 64 << 20;

/** Reads window after window, as long as there is somebody to read for. */
function serve(port: NonNullable<typeof parentPort>, { isReturned, ...options }: ThreadOrder): void {
  const buffers = new BufferPool((bytes) => new SharedArrayBuffer(bytes), FREE_BYTES_MAX);
  const allocate = isReturned ? (bytes: number): SharedArrayBuffer => buffers.take(bytes) : newBuffer;
  const reader = new WindowReader({ ...options, allocate, isManagementApart: true });
  port.on('message', ({ memory, end, start, returned, state }: WindowOrder) => {
    for (const buffer of returned) buffers.give(buffer);
    reader.state = new ProbeState(state);
    const batches = reader.read({ bytes: new Uint8Array(memory), end, start });
    const { managementAfter, leftOut } = reader;
    const result: WindowResult = { batches: batches.map(toMessage), managementAfter, leftOut };
    port.postMessage(result, batches.flatMap(transferred));
  });
}

if (parentPort === null) throw new Error('the thread that reads windows is no program of its own');
serve(parentPort, workerData as ThreadOrder);
