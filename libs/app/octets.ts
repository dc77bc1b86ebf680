/** The bytes of an ASCII text, to compare with. */
export function octets(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function startsWith(view: DataView, offset: number, end: number, wanted: Uint8Array): boolean {
  if (offset + wanted.length > end) return false;
  for (let i = 0; i < wanted.length; i++) if (view.getUint8(offset + i) !== wanted[i]) return false;
  return true;
}

const lower = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte);

/**
 * Where `wanted`, in small letters, begins in [offset, end) in letters of either case.
 * @returns -1 when it does not
 */
export function find(view: DataView, offset: number, end: number, wanted: Uint8Array): number {
  for (let at = offset; at + wanted.length <= end; at++) {
    let i = 0;
    while (i < wanted.length && lower(view.getUint8(at + i)) === wanted[i]) i++;
    if (i === wanted.length) return at;
  }
  return -1;
}

const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;

/** Where the line that begins at `offset` ends, its line end left out; `end` when none is there. */
export function lineEnd(view: DataView, offset: number, end: number): number {
  for (let at = offset; at < end; at++) {
    const byte = view.getUint8(at);
    if (byte === CARRIAGE_RETURN || byte === LINE_FEED) return at;
  }
  return end;
}

const BLANK = 32;

/** Where the word that begins at `offset` ends, before a blank or `end`. */
export function wordEnd(view: DataView, offset: number, end: number): number {
  let at = offset;
  while (at < end && view.getUint8(at) > BLANK) at++;
  return at;
}
