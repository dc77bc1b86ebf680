import {
  checksumMatches,
  FORMAT_MAJOR,
  HEADER_BYTES,
  headerProblem,
  readHeader,
  startsLikeFrame,
  type Header,
} from './format.ts';
import { FrameSplitter, type Damage } from './split.ts';
import { Zones } from './zones.ts';

/** Bytes that were passed over, as they were no frames. */
export interface Loss {
  /** Places where that was so. */
  readonly count: number;
  /** Of all of them. */
  readonly bytes: number;
  /** Of the first one: its place, and what was wrong there. */
  readonly offset: number;
  readonly reason: string;
}

/** First byte of a frame. */
const FIRST_BYTE = 0x50;
/**
 * Bytes of what began like frames and were none, after which no further ones are looked for: so many, and so many for each byte that
 * has come. Some damage makes a few, and who writes many of them, one in the other, wants to keep a reader busy.
 */
const TRIED_BYTES_FREE = 1 << 26;
const TRIED_BYTES_EACH = 4;

/**
 * Cuts a stream into frames as `FrameSplitter` does, and goes on behind damage with the next whole frame. Streams that
 * begin with a frame of a later version are left alone. It holds at most one frame and a header, never more than has come of it, and what it does
 * grows with the length of the stream, whatever lies there.
 */
export class FrameSearch {
  /** Bytes of the input that do not come here; undefined to stop at damage. */
  readonly #skippedBytes: (() => number) | undefined;
  readonly #leadBytesMax: number;
  /** As many as there are in front of what was given. */
  #skipped = 0;
  #splitter = new FrameSplitter();
  /** Bytes of the stream in front of what the splitter got. */
  #base = 0;
  #damage: Damage | undefined;
  /** What has come from the damage on; undefined where there is none, or no frame is looked for behind it. */
  #found: Debris | undefined;
  #loss: Loss | undefined;
  #cameBytes = 0;
  #triedBytes = 0;

  /**
   * @param skippedBytes to go on behind damage: how many bytes of the input were passed over up to now, so that places are those in
   * the input. To be left out to stop at damage.
   * @param leadBytesMax of what begins with something else, the first frame is looked for so far; not at all with 0
   */
  constructor(skippedBytes?: () => number, leadBytesMax = 0) {
    this.#skippedBytes = skippedBytes;
    this.#leadBytesMax = leadBytesMax;
  }

  /** Why reading stopped before the end, or what was wrong with what is behind the last frame. */
  get damage(): Damage | undefined {
    return this.#damage;
  }

  /** What was passed over between frames. */
  get loss(): Loss | undefined {
    return this.#loss;
  }

  /** Whether no frame will come any more. */
  get isOver(): boolean {
    return this.#damage !== undefined && this.#found === undefined;
  }

  /** Bytes of the stream up to the end of the last whole frame. */
  get offset(): number {
    return this.#base + this.#splitter.offset;
  }

  /** Where in the input the frame begins that was given last, or went by last. */
  beginningOf({ length }: Uint8Array): number {
    return this.offset + this.#skipped - length;
  }

  /** The frames that `chunk` completes, as `FrameSplitter.push` gives them. */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    this.#skipped = this.#skippedBytes?.() ?? 0;
    if (this.isOver) return;
    this.#cameBytes += chunk.length;
    if (this.#found === undefined) yield* this.#split(chunk);
    else this.#found.add(chunk);
    yield* this.#goOn(false);
    this.#found?.keep();
  }

  /** A frame that was tested elsewhere went by, of which so many bytes count: what is held is no part of it. */
  *pass(bytes: number): Generator<Uint8Array> {
    if (this.#found !== undefined) yield* this.#goOn(true);
    if (this.#found !== undefined) this.#lose(this.#found.bytes.length);
    this.#skipped = this.#skippedBytes?.() ?? 0;
    this.#splitter.pass(bytes);
  }

  /** The stream is over: what there is in what is held. */
  *end(): Generator<Uint8Array> {
    if (this.#damage === undefined && this.#splitter.end() !== undefined) this.#stop();
    yield* this.#goOn(true);
    this.#found = undefined;
  }

  *#split(bytes: Uint8Array): Generator<Uint8Array> {
    yield* this.#splitter.push(bytes);
    if (this.#splitter.damage !== undefined) this.#stop();
  }

  /** Takes note of the splitter's damage. */
  #stop(): void {
    const { damage } = this.#splitter;
    if (damage === undefined) return;
    const offset = this.#base + damage.offset + this.#skipped;
    // What is foreign to the splitter may lie behind frames.
    const kind = damage.kind === 'foreign' && offset > 0 ? 'damaged' : damage.kind;
    this.#damage = { ...damage, kind, offset };
    if (this.#skippedBytes === undefined || (offset === 0 && kind === 'version')) return;
    const most = kind === 'foreign' ? this.#leadBytesMax : Infinity;
    const rest = this.#splitter.takeRest();
    // What is no frame although its header says so was gone through, and perhaps copied.
    if (this.#try(headerAt(rest, 0), rest) && most > 0) this.#found = new Debris(rest, most);
  }

  /** Takes note of what began like a frame and is none. @returns false where that was too much */
  #try(header: Header | undefined, bytes: Uint8Array): boolean {
    if (header !== undefined) this.#triedBytes += Math.min(HEADER_BYTES + header.bodyBytes, bytes.length);
    return this.#triedBytes <= TRIED_BYTES_FREE + TRIED_BYTES_EACH * this.#cameBytes;
  }

  /** Passes over damage as long as frames are found behind it. */
  *#goOn(isEnd: boolean): Generator<Uint8Array> {
    for (let at; this.#found !== undefined && (at = this.#next(this.#found, isEnd)) !== undefined;) {
      const rest = this.#found.bytes.subarray(at);
      this.#lose(at);
      yield* this.#split(rest);
      if (isEnd && this.#damage === undefined && this.#splitter.end() !== undefined) this.#stop();
    }
  }

  /** So many bytes of what was found were no frames; a frame follows. */
  #lose(at: number): void {
    const { offset = 0, reason = '' } = this.#damage ?? {};
    const bytes = (this.#found?.dropped ?? 0) + at;
    const { count, bytes: before } = this.#loss ?? { count: 0, bytes: 0 };
    this.#loss = { offset, reason, ...this.#loss, count: count + 1, bytes: before + bytes };
    this.#base += this.#splitter.offset + bytes;
    this.#splitter = new FrameSplitter();
    this.#damage = this.#found = undefined;
  }

  /** Where the next frame begins in what was found; undefined where that is not known yet, or never will be. */
  #next(found: Debris, isEnd: boolean): number | undefined {
    let at;
    for (; (at = found.candidate(isEnd)) !== undefined; found.from = at + 1) {
      const { bytes } = found;
      const header = readHeader(bytes, at);
      const end = at + HEADER_BYTES + header.bodyBytes;
      if (end > bytes.length) {
        if (!isEnd) return undefined;
      } else if (checksumMatches(bytes.subarray(at, end))) return at;
      else if (!this.#try(header, bytes)) break;
    }
    if (at !== undefined || found.isDone) this.#found = undefined;
    return undefined;
  }
}

/** The bytes from some damage on, in which a frame is looked for. */
class Debris {
  /** What has come and may be of a frame. */
  bytes: Uint8Array;
  /** A frame may begin from here on. */
  from = 0;
  /** Bytes in front that are of none. */
  dropped = 0;
  /** The last place from the first byte on where a frame may begin. */
  readonly #most: number;
  /** Where the frame ends that is damaged, if it is as long as it says. */
  #end: number | undefined;
  /** Memory of its own, of which `bytes` are a part; undefined where they are the caller's. */
  #memory: Uint8Array | undefined;

  constructor(bytes: Uint8Array, most: number) {
    this.bytes = bytes;
    this.#most = most;
    const header = headerAt(bytes, 0);
    if (header === undefined) this.from = 1;
    // What a frame holds is not looked at where it can be told how long it is: payload may look like frames.
    else if (tellsLength(bytes, header)) this.from = HEADER_BYTES + header.bodyBytes;
    else this.#end = HEADER_BYTES + header.bodyBytes;
  }

  /** Whether no frame can begin in what comes. */
  get isDone(): boolean {
    return this.dropped + this.from > this.#most;
  }

  /** Where something begins like a frame, header and all, from `from` on; undefined where there is nothing of the kind yet. */
  candidate(isEnd: boolean): number | undefined {
    if (this.#end !== undefined) {
      if (!isEnd && this.bytes.length < this.#end + HEADER_BYTES) return undefined;
      const isRight = this.bytes.length === this.#end || headerAt(this.bytes, this.#end) !== undefined;
      this.from = isRight ? this.#end : 1;
      this.#end = undefined;
    }
    const { bytes } = this;
    const end = Math.min(bytes.length - (isEnd ? 0 : HEADER_BYTES - 1), this.#most - this.dropped + 1);
    for (let at = this.from; at < end; at++) {
      if (bytes[at] !== FIRST_BYTE || headerAt(bytes, at) === undefined) continue;
      this.from = at;
      return at;
    }
    this.from = Math.max(this.from, end);
    return undefined;
  }

  /** More has come, which is copied. */
  add(chunk: Uint8Array): void {
    this.#reserve(chunk.length).set(chunk, this.bytes.length);
    this.bytes = this.#memory!.subarray(0, this.bytes.length + chunk.length);
  }

  /** Copies what is still looked at, since the caller's memory is about to change. */
  keep(): void {
    if (this.#memory === undefined) this.#reserve(0);
  }

  /** Memory with room for more, in which `bytes` stand in front, without what is in front of `from`. */
  #reserve(more: number): Uint8Array {
    const done = Math.min(this.from, this.bytes.length);
    const held = this.bytes.subarray(done);
    const isRoomy = this.#memory !== undefined && this.bytes.length + more <= this.#memory.length;
    if (isRoomy) return this.#memory!;
    const memory = new Uint8Array(2 * (held.length + more));
    memory.set(held);
    this.bytes = memory.subarray(0, held.length);
    this.dropped += done;
    this.from -= done;
    if (this.#end !== undefined) this.#end -= done;
    return (this.#memory = memory);
  }
}

/** The header of what may be a frame of this version; undefined where none begins here, or not all of it is there. */
function headerAt(bytes: Uint8Array, offset: number): Header | undefined {
  if (offset + HEADER_BYTES > bytes.length || !startsLikeFrame(bytes, offset)) return undefined;
  if (bytes[offset + 4]! > FORMAT_MAJOR) return undefined;
  const header = readHeader(bytes, offset);
  return headerProblem(header) === undefined ? header : undefined;
}

/** Whether header and envelope are right by a checksum of their own. */
function tellsLength(frame: Uint8Array, { flags, envelopeBytes, bodyBytes }: Header): boolean {
  return flags === 0 && envelopeBytes <= bodyBytes && Zones.of(frame, envelopeBytes) !== undefined;
}
