import { beginsRecord, RECORD_BYTES_MAX, RECORD_HEADER_BYTES } from './format.ts';

/** Bytes taken in at a time, so that little lies behind a window that is full, and all is looked at while it is near. */
const PIECE_BYTES_MAX = 1 << 18;

/** Of which records are handed out together. */
export interface WindowLimits {
  /** Bytes that a window holds at most, but for its last record. */
  readonly bytes: number;
  /** Flow records that a window holds at most. */
  readonly records: number;
  /** Whether windows are filled over several chunks; else what is whole of a chunk is handed out with it. */
  readonly waits: boolean;
}

/** Whole records and filler, one after the other. @typeParam M what they lie in */
export interface RecordWindow<M extends ArrayBufferLike> {
  readonly bytes: Uint8Array<M>;
  readonly end: number;
  /** Bytes of the stream before them. */
  readonly start: number;
  /** Where management records begin. */
  readonly management: readonly number[];
}

/** Cuts a stream into records by their lengths, up to where none begins. A length of zero is filler of four bytes. */
export class RecordSplitter<M extends ArrayBufferLike = ArrayBuffer> {
  readonly #limits: WindowLimits;
  readonly #allocate: (bytes: number) => M;
  #bytes: Uint8Array<M>;
  #view: DataView;
  /** How far there are bytes, and how far of these there are whole records. */
  #end = 0;
  #whole = 0;
  #records = 0;
  #management: number[] = [];
  /** Bytes of the windows that were handed out. */
  #handedOut = 0;
  #damagedAt: number | undefined;
  /** Memory that nobody looks at any more. */
  readonly #free: M[] = [];

  /** @param allocate gives memory for a window */
  constructor(limits: WindowLimits, allocate: (bytes: number) => M) {
    this.#limits = limits;
    this.#allocate = allocate;
    this.#bytes = new Uint8Array(allocate(limits.bytes + RECORD_BYTES_MAX));
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes of a record that has begun and not ended. */
  get pending(): number {
    return this.#end - this.#whole;
  }

  /** Where neither record nor filler begins, bytes from the beginning: what follows is not looked at. */
  get damagedAt(): number | undefined {
    return this.#damagedAt;
  }

  /** Takes `chunk` in and hands out windows on what is there. A window is valid until the next step, unless it is kept: see `keep`. */
  *push(chunk: Uint8Array): Generator<RecordWindow<M>> {
    for (let taken = 0; taken < chunk.length && this.#damagedAt === undefined;) {
      const piece = chunk.subarray(taken, taken + Math.min(PIECE_BYTES_MAX, this.#bytes.length - this.#end));
      this.#bytes.set(piece, this.#end);
      this.#end += piece.length;
      taken += piece.length;
      while (this.#isFull()) yield* this.#cut();
    }
    if (!this.#limits.waits) yield* this.#cut();
  }

  /** What is whole and was not handed out. */
  *rest(): Generator<RecordWindow<M>> {
    yield* this.#cut();
  }

  /** Leaves the memory of the window that was handed out last to its taker, who may give it back. */
  keep(): void {
    const kept = this.#bytes;
    this.#bytes = new Uint8Array(this.#free.pop() ?? this.#allocate(kept.length));
    this.#bytes.set(kept.subarray(this.#whole, this.#end));
    this.#view = new DataView(this.#bytes.buffer);
  }

  giveBack(memory: M): void {
    this.#free.push(memory);
  }

  *#cut(): Generator<RecordWindow<M>> {
    const end = this.#whole;
    if (end === 0) return;
    const management = this.#management;
    this.#management = [];
    const bytes = this.#bytes;
    yield { bytes, end, start: this.#handedOut, management };
    if (bytes === this.#bytes) bytes.copyWithin(0, end, this.#end);
    this.#handedOut += end;
    this.#end -= end;
    this.#whole = 0;
    this.#records = 0;
  }

  /** Finds the whole records among what has come, up to the limits. */
  #isFull(): boolean {
    const { bytes, records } = this.#limits;
    const view = this.#view;
    const end = this.#end;
    let offset = this.#whole;
    let found = this.#records;
    while (found < records && offset < bytes && offset + RECORD_HEADER_BYTES <= end) {
      const head = view.getUint32(offset);
      if (!beginsRecord(head)) {
        this.#damagedAt = this.#handedOut + offset;
        break;
      }
      const next = offset + Math.max((head & 0xffff) * 4, RECORD_HEADER_BYTES);
      if (next > end) break;
      if (head >>> 31 === 0) found += 1;
      else this.#management.push(offset);
      offset = next;
    }
    this.#whole = offset;
    this.#records = found;
    return found === records || offset >= bytes;
  }
}
