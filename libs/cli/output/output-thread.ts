import { parentPort, workerData } from 'node:worker_threads';
import { encodeBatch } from '../../codec/encode.ts';
import type { Batch } from '../../record/batch.ts';
import { fromMessage, type BatchMessage } from '../../record/transfer.ts';
import type { OutputOrder } from './output-threads.ts';

/** Gives memory of its own. */
type Make = (batch: Batch) => Uint8Array<ArrayBuffer>;

async function maker(order: OutputOrder): Promise<Make> {
  if (order.kind === 'encode') return (batch) => owned(encodeBatch(batch, { zones: true }));
  const { planPrinting } = await import('./printer.ts');
  const { printer } = await planPrinting(order.args, order.modes);
  return (batch) => printer.rowBytes(batch, undefined, batch.rows);
}

function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const isWhole = bytes.buffer instanceof ArrayBuffer && bytes.length === bytes.buffer.byteLength;
  return isWhole ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}

const port = parentPort;
if (port === null) throw new Error('the thread that makes output is no program of its own');
const making = maker(workerData as OutputOrder);
port.on('message', (message: BatchMessage) => {
  void making.then((make) => {
    const bytes = make(fromMessage(message));
    port.postMessage(bytes, [bytes.buffer]);
  });
});
