import type { Lines } from '../record/print/text-buffer.ts';
import { viewOf } from '../record/print/words.ts';
import { ROW_BITS, ROW_MASK } from './row-names.ts';

/** Up to `BATCH_ROWS_MAX` printed records, and by what they are sorted. */
export interface LineBlock extends Lines {
  /** Most significant first. */
  readonly keys: readonly Uint32Array[];
  readonly view: DataView<ArrayBuffer>;
}

export function lineBlock({ text, ends }: Lines, keys: readonly Uint32Array[]): LineBlock {
  return { text, ends, keys, view: viewOf(text) };
}

/** Lines that are copied at once: few enough for a cache. */
const TILE_ROWS = 256;
/** Bytes of a line for which there is room at first. */
const LINE_BYTES = 128;

/** Of the lines of a tile: where each begins in its block, and its bytes. */
const starts = new Uint32Array(TILE_ROWS);
const lengths = new Uint32Array(TILE_ROWS);

/**
 * Lines in any order.
 * @param names of up to `BATCH_ROWS_MAX` lines of these blocks
 * @param withKeys whether their keys are wanted too
 * @param room where their text may lie
 */
export function gatherLines(
  blocks: readonly LineBlock[],
  names: Uint32Array,
  withKeys: boolean,
  room?: ArrayBuffer,
): LineBlock {
  const ends = new Uint32Array(names.length);
  let text = new Uint8Array(room ?? new ArrayBuffer(LINE_BYTES * names.length));
  let view = viewOf(text);
  let end = 0;
  for (let row = 0; row < names.length; row += TILE_ROWS) {
    const tile = names.subarray(row, row + TILE_ROWS);
    const start = end;
    end = find(blocks, tile, start, ends, row);
    touched ^= touch(blocks, tile);
    if (end > text.length) {
      text = enlarged(text, start, Math.max(end, 2 * text.length));
      view = viewOf(text);
    }
    copyLines(blocks, tile, view, start);
  }
  const keys = withKeys ? (blocks[0]?.keys ?? []).map((_, key) => takeKeys(blocks, names, key)) : [];
  return lineBlock({ text: text.subarray(0, end), ends }, keys);
}

function enlarged(text: Uint8Array, used: number, bytes: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes);
  larger.set(text.subarray(0, used));
  return larger;
}

/*
 * Lines that are looked up in no order have to be waited for. Loops that do little else than one look into memory wait for that of many
 * lines at once.
 */

/**
 * Finds the lines of a tile.
 * @param start where the first of them goes to
 * @param row the first place in `ends`
 * @returns where the last of them will end
 */
function find(blocks: readonly LineBlock[], names: Uint32Array, start: number, ends: Uint32Array, row: number): number {
  let end = start;
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    const own = blocks[name >>> ROW_BITS]!.ends;
    const line = name & ROW_MASK;
    const from = line === 0 ? 0 : own[line - 1]!;
    const length = own[line]! - from;
    starts[i] = from;
    lengths[i] = length;
    ends[row + i] = end += length;
  }
  return end;
}

/** What memory is fetched by. */
const FETCHED_BYTES = 64;
/** What was seen there, so that nobody thinks that it need not be looked at. */
let touched = 0;

function touch(blocks: readonly LineBlock[], names: Uint32Array): number {
  let seen = 0;
  for (let i = 0; i < names.length; i++) {
    const { text } = blocks[names[i]! >>> ROW_BITS]!;
    const end = starts[i]! + lengths[i]!;
    for (let at = starts[i]!; at < end; at += FETCHED_BYTES) seen ^= text[at]!;
    seen ^= text[end - 1]!;
  }
  return seen;
}

function copyLines(blocks: readonly LineBlock[], names: Uint32Array, to: DataView, start: number): void {
  let at = start;
  for (let i = 0; i < names.length; i++) {
    copyText(to, at, blocks[names[i]! >>> ROW_BITS]!.view, starts[i]!, lengths[i]!);
    at += lengths[i]!;
  }
}

/** Eight bytes at a time, as numbers that might not be copied as they are if they were none: no eight bytes of UTF-8 end in 0xf0 … 0xff 0x7f or in 0xff. */
function copyText(to: DataView, at: number, from: DataView, start: number, count: number): void {
  if (count < 8) {
    for (let i = 0; i < count; i++) to.setUint8(at + i, from.getUint8(start + i));
    return;
  }
  const last = count - 8;
  for (let i = 0; i < last; i += 8) to.setFloat64(at + i, from.getFloat64(start + i, true), true);
  to.setFloat64(at + last, from.getFloat64(start + last, true), true);
}

function takeKeys(blocks: readonly LineBlock[], names: Uint32Array, key: number): Uint32Array {
  const words = new Uint32Array(names.length);
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    words[i] = blocks[name >>> ROW_BITS]!.keys[key]![name & ROW_MASK]!;
  }
  return words;
}
