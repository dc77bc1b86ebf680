const LETTERS = 26;

/**
 * `aa`, `ab` … `zz`; when these are used up, one letter more.
 * @param index from 0
 * @param length letters at first, 1–8
 */
export function suffixOf(index: number, length: number): string {
  let left = index;
  let letters = length;
  for (; left >= LETTERS ** letters; letters++) left -= LETTERS ** letters;
  let text = '';
  for (let i = 0; i < letters; i++, left = Math.floor(left / LETTERS)) {
    text = String.fromCharCode('a'.charCodeAt(0) + (left % LETTERS)) + text;
  }
  return text;
}
