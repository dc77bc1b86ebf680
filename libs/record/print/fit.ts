import type { TextBuffer } from './text-buffer.ts';

const BLANK = 0x20;
/** Last character of a value that was cut. */
const CUT = 0x2a;

/** Makes what was written from `start` take exactly `width` characters. */
export function fit(out: TextBuffer, start: number, width: number, left: boolean): void {
  const extra = out.wide ? continuationBytes(out, start) : 0;
  if (out.end - start - extra > width) cut(out, start, width);
  else if (left) out.alignLeft(start, width + extra);
  else out.alignRight(start, width + extra);
}

/** Bytes of UTF-8 that do not begin a character. */
function continuationBytes({ bytes, end }: TextBuffer, start: number): number {
  let count = 0;
  for (let at = start; at < end; at++) if ((bytes[at]! & 0xc0) === 0x80) count += 1;
  return count;
}

function cut(out: TextBuffer, start: number, width: number): void {
  const { bytes } = out;
  let last = start; // where the last character that has room begins
  let characters = 0;
  let at = start;
  for (; at < out.end; at++) {
    if ((bytes[at]! & 0xc0) === 0x80) continue;
    if (characters === width) break;
    last = at;
    characters += 1;
  }
  const onlyBlanks = bytes.subarray(at, out.end).every((byte) => byte === BLANK);
  out.end = onlyBlanks ? at : last;
  if (!onlyBlanks) out.byte(CUT);
}
