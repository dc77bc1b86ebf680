import { IPV4_ADDRESS, IPV6_ADDRESS } from '../../packet/headers.ts';
import type { AddressColumn } from '../columns.ts';
import type { StoredField } from '../fields/field.ts';
import { plainBlock, type BlockCell, type Image } from './block-cell.ts';
import type { Cell } from './cell.ts';

const BLANK = 0x20;
const DOT = 0x2e;

/** Longest text of an IPv4 address. */
const IPV4_CHARACTERS = 15;

/** The digits of 0 to 255, three bytes each, right-aligned, and how many. */
const OCTETS = Buffer.from(Array.from({ length: 256 }, (_, value) => String(value).padStart(3)).join(''), 'latin1');
const OCTET_DIGITS = Uint8Array.from({ length: 256 }, (_, value) => String(value).length);

/** Writes an octet so that its last digit stands before `end`. @returns where its first stands */
function writeOctet(bytes: Uint8Array, end: number, octet: number): number {
  const from = octet * 3;
  const digits = OCTET_DIGITS[octet]!;
  bytes[end - 1] = OCTETS[from + 2]!;
  if (digits > 1) bytes[end - 2] = OCTETS[from + 1]!;
  if (digits > 2) bytes[end - 3] = OCTETS[from]!;
  return end - digits;
}

/** Writes an address so that it ends before `end`. @returns where it begins */
function writeIPv4(bytes: Uint8Array, end: number, address: number): number {
  let at = writeOctet(bytes, end, address & 255);
  bytes[--at] = DOT;
  at = writeOctet(bytes, at, (address >>> 8) & 255);
  bytes[--at] = DOT;
  at = writeOctet(bytes, at, (address >>> 16) & 255);
  bytes[--at] = DOT;
  return writeOctet(bytes, at, address >>> 24);
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
  readonly #size: number;

  constructor(size: number) {
    this.#bytes = new Uint8Array(SLOTS * size);
    this.#size = size;
  }

  /** Copies the image of the address in a row; false when it is not known. */
  take({ lanes, strides }: AddressColumn, row: number, bytes: Uint8Array, to: number): boolean {
    const a = lanes[0][row * strides[0]]!;
    const b = lanes[1][row * strides[1]]!;
    const c = lanes[2][row * strides[2]]!;
    const d = lanes[3][row * strides[3]]!;
    const slot = slotOf(a, b, c, d);
    const known = this.#lanes;
    const at = 4 * slot;
    if (known[at] !== a || known[at + 1] !== b || known[at + 2] !== c || known[at + 3] !== d) return false;
    if (this.#taken[slot] === 0) return false;
    const images = this.#bytes;
    const size = this.#size;
    for (let i = 0, from = slot * size; i < size; i++) bytes[to + i] = images[from + i]!;
    return true;
  }

  keep(column: AddressColumn, row: number, image: Image): void {
    const lanes = [column.lane(0, row), column.lane(1, row), column.lane(2, row), column.lane(3, row)] as const;
    const slot = slotOf(...lanes);
    this.#lanes.set(lanes, 4 * slot);
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
  if (left || point || width < IPV4_CHARACTERS) return plainBlock(cell, image);
  let hosts: Hosts | undefined;
  return (batch) => {
    const column = batch.columns[number] as AddressColumn | undefined;
    const write = cell(batch);
    if (column === undefined) return plainBlock(cell, image)(batch);
    const { lanes, strides, family, familyStride, valid } = column;
    const lane = lanes[3];
    const laneStride = strides[3];
    return (bytes, first, stride, rows) => {
      let place = first;
      for (let i = 0; i < rows.length; i++, place += stride) {
        const row = rows[i]!;
        const kind = valid === undefined || column.has(row) ? family[row * familyStride] : undefined;
        if (kind === IPV4_ADDRESS) {
          const address = lane[row * laneStride]!;
          let at = writeIPv4(bytes, place + width, address);
          while (at > place) bytes[--at] = BLANK;
        } else if (kind !== IPV6_ADDRESS || hosts?.take(column, row, bytes, place) !== true) {
          if (!image.make(write, row)) return false;
          image.copyTo(bytes, place);
          if (kind === IPV6_ADDRESS) (hosts ??= new Hosts(width)).keep(column, row, image);
        }
      }
      return true;
    };
  };
}
