import { decimalDigits, hexDigit, writeDecimal, writePadded } from './digits.ts';

const BLANK = 0x20;
const ZERO = 0x30;
const LETTER_X = 0x78;
const INITIAL_BYTES = 1 << 16;
const INITIAL_ROWS = 256;

/** Text of some rows, and where each of them ends: what prints as one may be several lines. */
export interface Lines {
  readonly text: Uint8Array<ArrayBuffer>;
  /** Offset behind each row; the first begins at 0. */
  readonly ends: Uint32Array;
}

/**
 * Grows a text as UTF-8 bytes, without a string per cell. Whatever writes asks for room first: `ensure` bytes stay
 * writable until the next `ensure`.
 */
export class TextBuffer {
  bytes: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  /** Just past the last byte written. */
  end = 0;
  /** Whether a character beyond ASCII was written since `clear`. */
  wide = false;
  #rowEnds = new Uint32Array(INITIAL_ROWS);
  #rows = 0;

  clear(): void {
    this.end = 0;
    this.wide = false;
    this.#rows = 0;
  }

  /** Notes that a row ends at `end`, or where its last byte was written. */
  endRow(end = this.end): void {
    if (this.#rows === this.#rowEnds.length) {
      const more = new Uint32Array(2 * this.#rows);
      more.set(this.#rowEnds);
      this.#rowEnds = more;
    }
    this.#rowEnds[this.#rows++] = end;
  }

  toString(): string {
    return this.wide ? this.bytes.toString('utf8', 0, this.end) : this.bytes.toString('latin1', 0, this.end);
  }

  /** What was written since `clear`, which this does too, with memory of its own: ours, where that is mostly filled. */
  take(): Uint8Array<ArrayBuffer> {
    const { bytes, end } = this;
    const isFull = 2 * end > bytes.length;
    if (isFull) this.bytes = Buffer.allocUnsafeSlow(Math.max(end + (end >> 3), INITIAL_BYTES));
    this.clear();
    return isFull ? new Uint8Array(bytes.buffer, 0, end) : new Uint8Array(bytes.subarray(0, end));
  }

  /** As `take`, in memory that is written to again unless it is given up. */
  lend(): Uint8Array<ArrayBuffer> {
    const text = this.bytes.subarray(0, this.end);
    this.clear();
    return text;
  }

  /** Leaves what was lent to whoever has it. */
  giveUp(): void {
    this.bytes = Buffer.allocUnsafeSlow(this.bytes.length);
  }

  /** As `take`, with the ends of rows. */
  takeLines(): Lines {
    const ends = this.#rowEnds.slice(0, this.#rows);
    return { text: this.take(), ends };
  }

  ensure(bytes: number): void {
    const needed = this.end + bytes;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.end);
    this.bytes = larger;
  }

  byte(value: number): void {
    this.bytes[this.end++] = value;
  }

  /** Text of ASCII characters alone, within the room that was asked for. */
  ascii(text: string): void {
    const { bytes } = this;
    let { end } = this;
    for (let i = 0; i < text.length; i++) bytes[end++] = text.charCodeAt(i);
    this.end = end;
  }

  /** Any text; makes room itself. */
  text(text: string): void {
    this.ensure(text.length * 3);
    const { bytes } = this;
    const start = this.end;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        this.end = start + bytes.write(text, start, 'utf8');
        this.wide = true;
        return;
      }
      bytes[start + i] = code;
    }
    this.end = start + text.length;
  }

  /** An integer 0 to 2^32 - 1; at most ten bytes. */
  u32(value: number): void {
    this.end += decimalDigits(value);
    writeDecimal(this.bytes, this.end, value);
  }

  /** The last `digits` decimal digits of an integer 0 to 10^digits - 1, with leading zeros. */
  padded(value: number, digits: number): void {
    this.end += digits;
    writePadded(this.bytes, this.end, value, digits);
  }

  /** Any number rounded to an integer; at most 330 bytes. */
  integer(value: number): void {
    if (value >= 0 && value <= 0xffffffff && Number.isInteger(value)) this.u32(value);
    else if (Math.abs(value) < Number.MAX_SAFE_INTEGER) this.ascii(String(Math.round(value)));
    else this.ascii(Number.isFinite(value) ? BigInt(value).toString() : String(value));
  }

  /** `0x` and at least `digits` hexadecimal digits of an unsigned 32-bit integer. */
  hex(value: number, digits: number): void {
    const count = Math.max(digits, 8 - (Math.clz32(value) >> 2));
    this.byte(ZERO);
    this.byte(LETTER_X);
    for (let shift = 4 * (count - 1); shift >= 0; shift -= 4) this.byte(hexDigit(value >>> shift));
  }

  /** Moves what was written from `start` to the right, so that it takes `width` bytes. */
  alignRight(start: number, width: number): void {
    const pad = start + width - this.end;
    if (pad <= 0) return;
    this.ensure(pad);
    const { bytes } = this;
    for (let at = this.end - 1; at >= start; at--) bytes[at + pad] = bytes[at]!;
    for (let at = start; at < start + pad; at++) bytes[at] = BLANK;
    this.end = start + width;
  }

  /** Writes blanks until `width` bytes are taken from `start`. */
  alignLeft(start: number, width: number): void {
    const end = start + width;
    if (end <= this.end) return;
    this.ensure(width);
    const { bytes } = this;
    for (let at = this.end; at < end; at++) bytes[at] = BLANK;
    this.end = end;
  }
}
