import { IPV4_ADDRESS, IPV6_ADDRESS } from '../../packet/headers.ts';
import type { AddressColumn } from '../columns.ts';
import type { StoredField } from '../fields/field.ts';
import { plainBlock, type BlockCell, type Image } from './block-cell.ts';
import type { Cell } from './cell.ts';
import { blankWords, copyWords, viewOf } from './words.ts';

/** Longest text of an IPv4 address, and shortest. */
const IPV4_CHARACTERS = 15;
const IPV4_CHARACTERS_MIN = 7;

/** 0 to 255 as four characters, right-aligned, with a point at the end and without, and how many of them are no blanks. */
const WITH_POINT = Int32Array.from({ length: 256 }, (_, value) => wordOf(`${value}.`));
const WITHOUT_POINT = Int32Array.from({ length: 256 }, (_, value) => wordOf(String(value)));
const DIGITS = Uint8Array.from({ length: 256 }, (_, value) => String(value).length);

/** @param text four characters at most */
function wordOf(text: string): number {
  let word = 0x2020_2020;
  for (let i = 0; i < text.length; i++) word = (word << 8) | text.charCodeAt(i);
  return word;
}

/** Writes an address right-aligned before `end`, in at least 16 bytes, all but the last 7 of them blanks before. */
function writeIPv4(view: DataView, end: number, address: number): void {
  const [a, b, c, d] = [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255];
  let at = end - 4;
  view.setInt32(at, WITHOUT_POINT[d]!);
  at -= DIGITS[d]!;
  view.setInt32(at, WITH_POINT[c]!);
  at -= DIGITS[c]! + 1;
  view.setInt32(at, WITH_POINT[b]!);
  at -= DIGITS[b]! + 1;
  view.setInt32(at, WITH_POINT[a]!);
}

/** Images of IPv6 addresses that are kept of a column, by the high bits of a hash. */
const SLOTS_BITS = 12;
const SLOTS = 1 << SLOTS_BITS;

/** Images of IPv6 addresses of late. */
class Hosts {
  readonly #lanes = new Uint32Array(4 * SLOTS);
  /** Which slots are taken. */
  readonly #taken = new Uint8Array(SLOTS);
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #size: number;

  constructor(size: number) {
    this.#bytes = new Uint8Array(SLOTS * size);
    this.#view = viewOf(this.#bytes);
    this.#size = size;
  }

  /** Copies the image of the address in a row; false when it is not known. */
  take({ lanes, strides }: AddressColumn, row: number, to: DataView, at: number): boolean {
    const a = lanes[0][row * strides[0]]!;
    const b = lanes[1][row * strides[1]]!;
    const c = lanes[2][row * strides[2]]!;
    const d = lanes[3][row * strides[3]]!;
    const slot = slotOf(a, b, c, d);
    const known = this.#lanes;
    const k = 4 * slot;
    if (known[k] !== a || known[k + 1] !== b || known[k + 2] !== c || known[k + 3] !== d) return false;
    if (this.#taken[slot] === 0) return false;
    copyWords(to, at, this.#view, slot * this.#size, this.#size);
    return true;
  }

  keep(column: AddressColumn, row: number, image: Image): void {
    const slot = slotOf(column.lane(0, row), column.lane(1, row), column.lane(2, row), column.lane(3, row));
    this.#lanes[4 * slot] = column.lane(0, row);
    this.#lanes[4 * slot + 1] = column.lane(1, row);
    this.#lanes[4 * slot + 2] = column.lane(2, row);
    this.#lanes[4 * slot + 3] = column.lane(3, row);
    this.#taken[slot] = 1;
    image.copyTo(this.#bytes, slot * this.#size);
  }
}

function slotOf(a: number, b: number, c: number, d: number): number {
  const hash = Math.imul(Math.imul(Math.imul(a, 0x85ebca6b) ^ b, 0xc2b2ae35) ^ c, 0x27d4eb2f) ^ d;
  return Math.imul(hash, 0x9e3779b1) >>> (32 - SLOTS_BITS);
}

/** Addresses as numbers, right-aligned. `cell` writes those that are new. */
export function addressBlock({ number }: StoredField, cell: Cell, image: Image): BlockCell {
  const { width, left, point } = image.place;
  // What is written of an address begins a byte before it.
  if (left || point || width <= IPV4_CHARACTERS) return plainBlock(cell, image);
  let hosts: Hosts | undefined;
  return (batch) => {
    const column = batch.columns[number] as AddressColumn | undefined;
    const write = cell(batch);
    if (column === undefined) return plainBlock(cell, image)(batch);
    const { lanes, strides, family, familyStride, valid } = column;
    const lane = lanes[3];
    const laneStride = strides[3];
    return (bytes, first, stride, rows) => {
      const view = viewOf(bytes);
      let place = first;
      for (let i = 0; i < rows.length; i++, place += stride) {
        const row = rows[i]!;
        const kind = valid === undefined || column.has(row) ? family[row * familyStride] : undefined;
        if (kind === IPV4_ADDRESS) {
          blankWords(view, place, width - IPV4_CHARACTERS_MIN);
          writeIPv4(view, place + width, lane[row * laneStride]!);
        } else if (kind !== IPV6_ADDRESS || hosts?.take(column, row, view, place) !== true) {
          if (!image.make(write, row)) return false;
          image.copyTo(bytes, place);
          if (kind === IPV6_ADDRESS) (hosts ??= new Hosts(width)).keep(column, row, image);
        }
      }
      return true;
    };
  };
}
