import { encodeBatch } from '../codec/encode.ts';
import { MANAGEMENT_BATCH, type Batch, type Origin } from '../record/batch.ts';
import { isStop, originKey } from '../record/ledger.ts';
import { beforeBatch, isRunOver } from './farewell.ts';

/** Most origins whose start records are kept; of more, the oldest are likely to be dead, and forgotten. */
const ORIGINS_MAX = 4096;

interface Start {
  readonly origin: Origin;
  readonly frame: Uint8Array;
  /** Behind the last record of its origin so far. */
  end: number;
}

/** What an anonymous reader is told first: the start record of each run that goes on, and how far it has come. */
export class Starts {
  readonly #starts = new Map<string, Start>();

  has(origin: Origin): boolean {
    return this.#starts.has(originKey(origin));
  }

  note(batch: Batch): void {
    const { kind, origin, first, covers } = batch;
    const key = originKey(origin);
    const known = this.#starts.get(key);
    if (isStop(batch) || isRunOver(batch)) this.#starts.delete(key);
    else if (kind === MANAGEMENT_BATCH && first === 0)
      this.#starts.set(key, { origin, frame: encodeBatch(batch), end: Math.max(known?.end ?? 0, first + covers) });
    else if (known !== undefined) known.end = Math.max(known.end, first + covers);
    if (this.#starts.size > ORIGINS_MAX) for (const oldest of this.#starts.keys()) if (this.#starts.delete(oldest)) break; // prettier-ignore
  }

  *frames(): Generator<Uint8Array, void, undefined> {
    for (const { origin, frame, end } of this.#starts.values()) {
      yield frame;
      if (end > 1) yield encodeBatch(beforeBatch(origin, end));
    }
  }
}
