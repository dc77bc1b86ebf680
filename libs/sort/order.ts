import { compareTexts, type KeyColumn, type TextKeys } from './key-columns.ts';
import { RadixSorter } from './radix.ts';
import { WordPacker } from './word-packer.ts';

/**
 * Positions of rows, counted over all pieces, in the order that is wanted; equal ones as they came.
 * @param keys of each piece
 * @param rows of all of them
 */
export function orderOf(keys: readonly (readonly KeyColumn[])[], rows: number): Uint32Array {
  const sorter = new RadixSorter(rows);
  const packer = new WordPacker(sorter, rows);
  const columns = keys[0]?.length ?? 0;
  const words = new Uint32Array(rows);
  for (let column = columns - 1; column >= 0; column--) {
    const parts = keys.map((piece) => piece[column]!);
    if (parts[0] instanceof Uint32Array) concatenate(parts as Uint32Array[], words);
    else rank(parts as TextKeys[], words);
    packer.by(words);
  }
  packer.flush();
  return sorter.order;
}

function concatenate(parts: readonly Uint32Array[], words: Uint32Array): void {
  let at = 0;
  for (const part of parts) {
    words.set(part, at);
    at += part.length;
  }
}

/** Each text's place among the different ones. */
function rank(parts: readonly TextKeys[], words: Uint32Array): void {
  const { descending } = parts[0]!;
  const different = new Set<string | undefined>();
  for (const { texts } of parts) for (const text of texts) different.add(text);
  const inOrder = [...different].filter((text) => text !== undefined).sort((a, b) => compareTexts(a, b, descending));
  const ranks = new Map<string | undefined, number>(inOrder.map((text, place) => [text, place]));
  ranks.set(undefined, inOrder.length);
  let at = 0;
  for (const { texts } of parts) for (const text of texts) words[at++] = ranks.get(text)!;
}
