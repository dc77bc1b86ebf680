import { decodeFrame } from '../codec/decode.ts';
import { keepColumns } from '../codec/keep-columns.ts';
import { encodeBatch } from '../codec/encode.ts';
import { emptyBatch, FLOW_BATCH, GAP_BATCH, type Batch } from '../record/batch.ts';
import { Room } from '../record/select.ts';
import type { Wish } from './wish.ts';

/** How a batch is sent to readers of one wish; without a frame when their filter refuses all of it, or they have no words for it. */
export interface Answer {
  readonly frame: Uint8Array | undefined;
  readonly rows: number;
}

/** Memory that a log takes. */
export interface Meter {
  bytes: number;
}

const NOTHING: ReadonlySet<number> = new Set();
/** What is selected for a wish is there until it is a frame. */
const room = new Room();
const REFUSED: Answer = { frame: undefined, rows: 0 };

/**
 * One batch in the log of a server, as columns, as a frame, and as each wish wants it: whichever it came as, the others are
 * made when somebody needs them, once.
 */
export class LogEntry implements Pick<Batch, 'kind' | 'origin' | 'first' | 'covers' | 'rows'> {
  readonly kind: Batch['kind'];
  readonly origin: Batch['origin'];
  readonly first: number;
  readonly covers: number;
  readonly rows: number;
  /** About the bytes of all entries before it in its log. */
  offset = 0;
  /** Records of all entries before it in its log. */
  rowsBefore = 0;
  #batch: Batch | undefined;
  #frame: Uint8Array | undefined;
  readonly #answers = new Map<Wish, Answer>();
  readonly #meter: Meter;
  #bytes = 0;

  private constructor(meter: Meter, head: Batch, batch: Batch | undefined, frame: Uint8Array | undefined) {
    this.#meter = meter;
    this.kind = head.kind;
    this.origin = head.origin;
    this.first = head.first;
    this.covers = head.covers;
    this.rows = head.rows;
    this.#batch = batch;
    this.#frame = frame;
    this.#grow(OVERHEAD_BYTES + (batch?.buffer.byteLength ?? 0) + (frame?.length ?? 0));
  }

  /** @param batch not so large that it makes several frames */
  static ofBatch(batch: Batch, meter: Meter): LogEntry {
    return new LogEntry(meter, batch, batch, undefined);
  }

  /**
   * @param frame one whole frame whose checksum is right, in memory of its own
   * @returns what is wrong with it, when it is not a batch
   */
  static ofFrame(frame: Uint8Array, meter: Meter): LogEntry | { readonly problem: string } {
    const decoded = decodeFrame(frame, { fields: NOTHING, verified: true });
    return 'problem' in decoded ? decoded : new LogEntry(meter, decoded.batch, undefined, frame);
  }

  /** Memory that it takes now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** About the bytes of its frame; columns take a multiple of that. */
  get frameBytes(): number {
    return this.#frame?.length ?? (this.#batch?.buffer.byteLength ?? 0) >> 2;
  }

  /** As columns. A frame whose columns turn out to be broken is a gap. */
  get batch(): Batch {
    return (this.#batch ??= this.#decode());
  }

  /** With all columns that it came with. */
  get frame(): Uint8Array {
    if (this.#frame === undefined) {
      this.#frame = encodeBatch(this.batch);
      this.#grow(this.#frame.length);
    }
    return this.#frame;
  }

  answerTo(wish: Wish): Answer {
    const known = this.#answers.get(wish);
    if (known !== undefined) return known;
    const answer = this.#answer(wish);
    this.#answers.set(wish, answer);
    return answer;
  }

  #answer(wish: Wish): Answer {
    if (wish.encode !== undefined) return this.#translate(wish, wish.encode);
    if (wish.isWhole || this.kind === GAP_BATCH) return { frame: this.frame, rows: this.rows };
    if (wish.wantsAllRows && this.kind === FLOW_BATCH) {
      const frame = this.#keep(wish.fields);
      if (frame !== undefined) return this.#made(frame, this.rows);
    }
    const batch = wish.apply(this.batch, room);
    if (batch === undefined) return REFUSED;
    if (batch === this.#batch) return { frame: this.frame, rows: this.rows };
    const kept = batch.rows === this.rows ? this.#keep(wish.fields) : undefined;
    return this.#made(kept ?? encodeBatch(batch), batch.rows);
  }

  /** For readers that do not speak our language. */
  #translate(wish: Wish, encode: (batch: Batch) => Uint8Array): Answer {
    const batch = wish.apply(this.batch, room);
    const bytes = batch === undefined ? undefined : encode(batch);
    return batch === undefined || bytes === undefined || bytes.length === 0 ? REFUSED : this.#made(bytes, batch.rows);
  }

  #made(frame: Uint8Array, rows: number): Answer {
    this.#grow(frame.length);
    return { frame, rows };
  }

  /** With some columns only, as its frame has them; undefined where they have to be packed anew. */
  #keep(fields: ReadonlySet<number> | undefined): Uint8Array | undefined {
    return fields === undefined ? undefined : keepColumns(this.frame, fields);
  }

  /** Keeps no more than the frame: nobody is expected to ask soon. */
  settle(): void {
    this.#answers.clear();
    const frame = this.frame;
    this.#batch = undefined;
    this.#grow(OVERHEAD_BYTES + frame.length - this.#bytes);
  }

  /** It left the log; readers may still hold it for a moment. */
  leave(): void {
    this.#meter.bytes -= this.#bytes;
    this.#bytes = 0;
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    this.#meter.bytes += bytes;
  }

  #decode(): Batch {
    const decoded = decodeFrame(this.#frame!, { verified: true });
    const { origin, first, covers } = this;
    if ('problem' in decoded) return emptyBatch(GAP_BATCH, origin, first, first + covers, decoded.problem);
    this.#grow(decoded.batch.buffer.byteLength);
    return decoded.batch;
  }
}

/** About what an entry takes besides its bytes. */
const OVERHEAD_BYTES = 512;
