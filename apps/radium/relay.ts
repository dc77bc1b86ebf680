import type { WrittenOutput } from '../../libs/cli/output/written-output.ts';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { FLOW_BATCH, type Batch } from '../../libs/record/batch.ts';
import { NumberColumn } from '../../libs/record/columns.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import type { OriginLedger } from '../../libs/record/ledger.ts';
import type { Received } from '../../libs/transport/record-stream.ts';
import type { ServerStats } from '../../libs/transport/server-stats.ts';
import type { RecordServer } from '../../libs/transport/server.ts';
import { FileNumbers } from './file-numbers.ts';

/** How often it is looked what can be acknowledged, milliseconds. */
const ACKNOWLEDGE_MS = 50;

/** To know when the newest ended. */
const LOOKS_AT: ReadonlySet<number> = new Set([STORED_FIELDS.stime.number, STORED_FIELDS.dur.number]);

/**
 * Passes on what comes, to readers and files. What came from a server that keeps it for us is acknowledged when it is with
 * all of our own named readers, or on our disk.
 */
export class Relay {
  readonly #server: RecordServer | undefined;
  readonly #written: readonly WrittenOutput[];
  readonly #ledger: OriginLedger;
  readonly #fileNumbers = new FileNumbers();
  /** What is not acknowledged yet, with the position behind it: no more than that, since it may have to wait for long. */
  readonly #pending: { readonly position: number; readonly acknowledge: Received['acknowledge'] }[] = [];
  readonly #timer: NodeJS.Timeout;
  #records = 0;
  #bytes = 0;
  #lastEndUs: number | undefined;

  /** @param ledger of what streams bring; takes note of what does not come by them, so that it comes by none */
  constructor(server: RecordServer | undefined, written: readonly WrittenOutput[], ledger: OriginLedger) {
    this.#server = server;
    this.#written = written;
    this.#ledger = ledger;
    this.#timer = setInterval(() => this.#acknowledge(), ACKNOWLEDGE_MS);
  }

  /** Numbers of the fields of flow records that are looked at here; undefined is all. */
  get looksAt(): ReadonlySet<number> | undefined {
    return this.#written.length === 0 ? LOOKS_AT : undefined;
  }

  /** Records that came, and bytes of their frames. */
  get records(): number {
    return this.#records;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Records that files did not take. */
  get unwritten(): number {
    return this.#written.reduce((sum, { lost }) => sum + lost, 0);
  }

  /** When the newest flow record ended, microseconds since the epoch. */
  get lastEndUs(): number | undefined {
    return this.#lastEndUs;
  }

  get serverStats(): ServerStats | undefined {
    return this.#server?.stats;
  }

  /** @returns undefined when more may come at once, else a promise for that moment */
  pass(received: Received): Promise<void> | undefined {
    const { batch, bytes, acknowledge } = received;
    this.#count(batch, bytes.length);
    this.#server?.forward(bytes, batch);
    this.#pending.push({ position: this.#server?.pushed ?? 0, acknowledge });
    return this.#write(batch);
  }

  /** The same for what comes from files, which nobody keeps for us. */
  passBatch(batch: Batch): Promise<void> | undefined {
    this.#ledger.take(batch);
    const numbered = this.#fileNumbers.of(batch);
    const frame = encodeBatch(numbered);
    this.#count(batch, frame.length);
    this.#server?.forward(frame, numbered);
    return this.#write(batch);
  }

  /** Adds a record of our own. */
  add(batch: Batch): Promise<void> | undefined {
    this.#ledger.take(batch);
    if (batch.first === 0) this.#server?.setStart(batch);
    else this.#server?.push(batch);
    return this.#write(batch);
  }

  /** @throws {SuiteError} the first failure of a file, after all have ended */
  async end(): Promise<void> {
    const ended = await Promise.allSettled(this.#written.map((output) => output.end()));
    await this.#server?.close();
    this.#acknowledge();
    clearInterval(this.#timer);
    for (const each of ended) if (each.status === 'rejected') throw each.reason;
  }

  #count(batch: Batch, bytes: number): void {
    this.#records += batch.rows;
    this.#bytes += bytes;
    if (batch.kind !== FLOW_BATCH || batch.rows === 0) return;
    const [start, duration] = [STORED_FIELDS.stime, STORED_FIELDS.dur].map(({ number }) => batch.columns[number]);
    if (!(start instanceof NumberColumn)) return;
    const last = batch.rows - 1;
    const durationNs = duration instanceof NumberColumn && duration.has(last) ? duration.values[last]! : 0;
    this.#lastEndUs = Math.max(this.#lastEndUs ?? 0, start.values[last]! + durationNs / 1000);
  }

  #write(batch: Batch): Promise<void> | undefined {
    const waits = this.#written.map((output) => output.push(batch)).filter((wait) => wait !== undefined);
    return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined);
  }

  #acknowledge(): void {
    const safe = this.#server?.safe ?? 0;
    let count = 0;
    while (count < this.#pending.length && this.#pending[count]!.position <= safe) count += 1;
    for (const { acknowledge } of this.#pending.splice(0, count)) acknowledge();
  }
}
