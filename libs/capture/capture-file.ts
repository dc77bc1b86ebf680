import type { BlockReader } from './block-reader.ts';
import type { CaptureFormat } from './capture-format.ts';
import { keepPackets } from './keep-packets.ts';
import { emptyBatch, type PacketBatch, type PacketFilter, type PacketSource, type SourceDamage } from './source.ts';

/** Gives the filter for packets of a link type. */
export type FilterForLink = (linkType: number) => PacketFilter;

/** The packets of one capture file. Whatever comes before damage is delivered. */
export class CaptureFile implements PacketSource {
  readonly name: string;
  readonly live = false;
  /** What was lost when the file was made, it does not tell. */
  readonly counters = { received: 0, filtered: 0, droppedByKernel: -1, droppedByInterface: -1, droppedByUs: 0 };
  damage: SourceDamage | null = null;
  /** Of a file that is followed: the time of the last packet and what has passed since. */
  readonly clockUs?: () => number;
  readonly #reader: BlockReader;
  readonly #format: CaptureFormat;
  readonly #batch: PacketBatch;
  readonly #filterForLink: FilterForLink | undefined;
  readonly #signal: AbortSignal;
  readonly #filters = new Map<number, PacketFilter>();
  #lastUs = -Infinity;
  #lastMs = 0;
  #ended = false;
  #closed = false;

  /**
   * @param signal when it aborts, an end in the middle of a packet is no damage
   * @param follows whether packets come as they are captured
   */
  constructor(
    name: string,
    reader: BlockReader,
    format: CaptureFormat,
    filter: FilterForLink | undefined,
    signal: AbortSignal,
    follows = false,
  ) {
    if (follows) this.clockUs = () => this.#lastUs + (performance.now() - this.#lastMs) * 1000;
    this.name = name;
    this.#reader = reader;
    this.#format = format;
    this.#filterForLink = filter;
    this.#signal = signal;
    this.#batch = emptyBatch(reader.view);
  }

  async next(): Promise<PacketBatch | null> {
    const batch = this.#batch;
    while (!this.#ended) {
      batch.count = 0;
      const { view, start, end } = this.#reader;
      batch.view = view;
      const parsed = this.#format.parse(view, start, end, batch);
      this.#reader.start = parsed.at;
      if ('problem' in parsed) this.#end(parsed.problem);
      else if (batch.count === 0) await this.#advance();
      if (batch.count === 0) continue;
      this.#keepMatching(batch);
      this.counters.received += batch.count;
      if (batch.count > 0) this.#lastUs = batch.timeUs[batch.count - 1]!;
      this.#lastMs = performance.now();
      return batch;
    }
    return null;
  }

  async #advance(): Promise<void> {
    try {
      if (await this.#reader.advance()) return;
      const left = this.#reader.end - this.#reader.start;
      this.#end(left === 0 ? undefined : `cut within a packet, of which ${left} bytes are left`);
    } catch (error) {
      if (!this.#ended) this.#end((error as Error).message); // else `close` made the read fail
    }
  }

  #end(reason: string | undefined): void {
    this.#ended = true;
    if (reason !== undefined && !this.#signal.aborted)
      this.damage = { offset: this.#reader.offsetOf(this.#reader.start), reason };
  }

  #keepMatching(batch: PacketBatch): void {
    if (this.#filterForLink === undefined) return;
    const { view, offset, captured, wire, linkType } = batch;
    this.counters.filtered += keepPackets(batch, (i) =>
      this.#filter(linkType[i]!)(view, offset[i]!, captured[i]!, wire[i]!),
    );
  }

  #filter(linkType: number): PacketFilter {
    let filter = this.#filters.get(linkType);
    if (filter === undefined) this.#filters.set(linkType, (filter = this.#filterForLink!(linkType)));
    return filter;
  }

  /** Also ends a `next` that waits for input. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = this.#ended = true;
    await this.#reader.close();
  }
}
