import { parentPort } from 'node:worker_threads';
import { FrameDecoder, type FrameDecoding } from '../../codec/frame-decoder.ts';
import type { Batch } from '../../record/batch.ts';
import type { ThreadOrder, WindowAnswer, WindowOrder } from './messages.ts';

/** What structured cloning carries to the main thread, and the memory that goes with it. */
export interface Outgoing<Result> {
  readonly result: Result;
  readonly transfer: readonly ArrayBuffer[];
}

/** What a command does in each thread with the records that it reads. */
export interface ScanWork<Result, Rest = never> {
  /** What is looked at of the frames; with `room` a batch is valid until the next one is pushed. */
  readonly decoding: Pick<FrameDecoding, 'fields' | 'peek' | 'room' | 'deferred' | 'offsets'>;
  /** @param window the number of the window that the batch lies in */
  push(batch: Batch, window: number): void;
  /** What the batches since the last call have come to, for the main thread, which gets it in the order of the windows. */
  result(): Outgoing<Result>;
  /** What was gathered from all windows; not pushed to after this. */
  rest?(): Outgoing<Rest>;
}

/** Serves the `Scan` that has started this thread, to the end of the thread. What that said of the work is in `workerData`. */
export function serveScan<Result, Rest>(opening: Promise<ScanWork<Result, Rest>>): void {
  const port = parentPort;
  if (port === null) throw new Error('the thread that reads frames is no program of its own');
  const opened = opening.then((work) => new ScanServer(work));
  port.on('message', (order: ThreadOrder) => {
    void opened.then((server) => {
      const { result, transfer } = server.answer(order);
      port.postMessage(result, [...transfer]);
    });
  });
}

const NOTHING: Outgoing<undefined> = { result: undefined, transfer: [] };

class ScanServer<Result, Rest> {
  readonly #work: ScanWork<Result, Rest>;
  #decoder: FrameDecoder;

  constructor(work: ScanWork<Result, Rest>) {
    this.#work = work;
    this.#decoder = new FrameDecoder(work.decoding);
  }

  answer(order: ThreadOrder): Outgoing<unknown> {
    switch (order.kind) {
      case 'window':
        return this.#window(order);
      case 'rest':
        return this.#work.rest?.() ?? NOTHING;
      case 'ready':
        return NOTHING;
    }
  }

  #window({ memory, ends, offsets, number }: WindowOrder): Outgoing<WindowAnswer> {
    const bytes = new Uint8Array(memory);
    let start = 0;
    for (const [i, end] of ends.entries()) {
      const batch = this.#decoder.decode(bytes.subarray(start, end), offsets[i]!);
      if (batch !== undefined) this.#work.push(batch, number);
      start = end;
    }
    const { result, transfer } = this.#work.result();
    const problems = [...this.#decoder.problems];
    if (problems.length > 0) this.#decoder = new FrameDecoder(this.#work.decoding);
    return { result: { memory, result, problems }, transfer: [memory, ...transfer] };
  }
}
