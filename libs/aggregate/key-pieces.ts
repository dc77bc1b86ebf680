import { maskLanes } from '../address/prefix.ts';
import { IPV4_ADDRESS, MAC_ADDRESS } from '../packet/headers.ts';
import type { Batch } from '../record/batch.ts';
import type { AddressColumn, NumberColumn, UpperLanes } from '../record/columns.ts';
import { SCTP_STATE, TCP_STATE, type Address } from '../record/fields/field.ts';
import { ETHERTYPE } from '../record/fields/protocol.ts';
import { STORED_FIELDS, type StoredName } from '../record/fields/stored.ts';
import type { Reader } from '../record/row.ts';
import type { TimeBins } from '../time/span.ts';

/** Where values go: that of the `i`th row to `words[from + i * step]`. */
export interface Target {
  readonly words: Uint32Array;
  readonly from: number;
  readonly step: number;
}

/** A part of a key: up to 32 bits computed for many rows at once. */
export interface KeyPiece {
  readonly bits: number;
  /** Whether values are numbers of texts. */
  readonly interned?: boolean;
  /**
   * Sets the values of the first `count` of `rows`.
   * @returns the value where all rows of the batch have the same one; nothing is set then
   */
  fill(batch: Batch, rows: Uint32Array, count: number, to: Target): number | undefined;
  /** Of a lane of an address: its values by family, where all rows of the batch have those; undefined where they may differ. */
  readonly byFamily?: (batch: Batch) => Uint32Array | undefined;
  /** Says the same of the other side; pieces that have the same name at both sides change places when a key is turned round. */
  readonly side?: { readonly of: 'source' | 'destination'; readonly name: string };
}

/** Which bits of an address count, by family. */
export interface AddressMask {
  /** Bits from the left of an IPv4 address, as a mask. */
  readonly ipv4: number;
  readonly ipv6: readonly [number, number, number, number];
  readonly mac: readonly [number, number];
}

/** @param length bits from the left, 0–128; more than an address has is all of it */
export function maskOfLength(length: number): AddressMask {
  const mac = maskLanes(Math.min(length, 48) + 80);
  return { ipv4: maskLanes(Math.min(length, 32))[0], ipv6: maskLanes(length), mac: [mac[2], mac[3]] };
}

/** The lanes of the mask for a family of addresses. */
export function lanesOfMask(mask: AddressMask, family: number): readonly [number, number, number, number] {
  if (family === IPV4_ADDRESS) return [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, mask.ipv4];
  return family === MAC_ADDRESS ? [0xffff_ffff, 0xffff_ffff, mask.mac[0] | 0xffff_0000, mask.mac[1]] : mask.ipv6;
}

/** The first three lanes, each by family. */
export function upperByFamily(upper: UpperLanes): readonly [Uint32Array, Uint32Array, Uint32Array] {
  const families = Array.from({ length: FAMILIES }, (_, family) => upper(family));
  return [0, 1, 2].map((k) => Uint32Array.from(families, (lanes) => lanes[k]!)) as [Uint32Array, Uint32Array, Uint32Array]; // prettier-ignore
}

const numberColumn = (batch: Batch, field: number): NumberColumn | undefined => batch.columns[field] as NumberColumn | undefined; // prettier-ignore

/** Its first three lanes need not have been decoded where `upper` is known. */
function addressColumn({ columns, deferred }: Batch, field: number): AddressColumn | undefined {
  return (columns[field] as AddressColumn | undefined) ?? deferred?.lastLane(field);
}

type Side = KeyPiece['side'];
const sided = (side: Side): { readonly side?: NonNullable<Side> } => (side === undefined ? {} : { side });

/** Values of a numeric field, 0 where there is none; see `presencePiece`. */
export function numberPiece(name: StoredName, bits: number, side?: Side): KeyPiece {
  const { number } = STORED_FIELDS[name];
  return {
    bits,
    ...sided(side),
    fill(batch, rows, count, { words, from, step }) {
      const column = numberColumn(batch, number);
      if (column === undefined) return 0;
      const { values, valid } = column;
      if (valid === undefined) for (let i = 0, at = from; i < count; i++, at += step) words[at] = values[rows[i]!]!;
      else
        for (let i = 0, at = from; i < count; i++, at += step) words[at] = column.has(rows[i]!) ? values[rows[i]!]! : 0;
      return undefined;
    },
  };
}

/** One bit: whether there is a value. */
export function presencePiece(name: StoredName, side?: Side): KeyPiece {
  const { number } = STORED_FIELDS[name];
  return {
    bits: 1,
    ...sided(side),
    fill(batch, rows, count, { words, from, step }) {
      const column = batch.columns[number];
      if (column?.valid === undefined) return column === undefined ? 0 : 1;
      for (let i = 0, at = from; i < count; i++, at += step) words[at] = column.has(rows[i]!) ? 1 : 0;
      return undefined;
    },
  };
}

/** A field of 64 bits as two pieces. */
export function doublePieces(name: StoredName, side?: Side): KeyPiece[] {
  const { number } = STORED_FIELDS[name];
  return [0, 1].map((half) => ({
    bits: 32,
    ...sided(side === undefined ? undefined : { ...side, name: `${side.name}.${half}` }),
    fill(batch, rows, count, { words, from, step }): undefined {
      const column = numberColumn(batch, number);
      for (let i = 0, at = from; i < count; i++, at += step) words[at] = halfOf(column?.has(rows[i]!) === true ? column.values[rows[i]!]! : 0, half); // prettier-ignore
    },
  }));
}

const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);

export function halfOf(value: number, half: number): number {
  double[0] = value;
  return halves[half]!;
}

/** An address as four lanes and a family, all of them masked. */
export function addressPieces(name: StoredName, mask: AddressMask | undefined, side?: Side): KeyPiece[] {
  const { number } = STORED_FIELDS[name];
  const of = (part: string): { readonly side?: NonNullable<Side> } =>
    sided(side === undefined ? undefined : { ...side, name: `${side.name}.${part}` });
  const family: KeyPiece = {
    bits: 3,
    ...of('family'),
    fill(batch, rows, count, { words, from, step }) {
      const column = addressColumn(batch, number);
      if (column === undefined) return 0;
      const { family: families, familyStride, valid } = column;
      if (valid === undefined && familyStride === 0) return families[0]!;
      for (let i = 0, at = from; i < count; i++, at += step) words[at] = families[rows[i]! * familyStride]!;
      if (valid !== undefined) clearAbsent(valid, rows, count, { words, from, step });
      return undefined;
    },
  };
  const lanes = ([0, 1, 2, 3] as const).map((k) => ({
    bits: 32,
    ...of(`lane ${k}`),
    fill(batch: Batch, rows: Uint32Array, count: number, to: Target): number | undefined {
      return fillLane(addressColumn(batch, number), k, mask, rows, count, to);
    },
    ...(k < 3 && {
      byFamily(batch: Batch): Uint32Array | undefined {
        const column = addressColumn(batch, number);
        return column?.valid === undefined ? maskedByFamily(column, k, masksOf(mask, k)) : undefined;
      },
    }),
  }));
  return [family, ...lanes];
}

function fillLane(
  column: AddressColumn | undefined,
  k: 0 | 1 | 2 | 3,
  mask: AddressMask | undefined,
  rows: Uint32Array,
  count: number,
  to: Target,
): number | undefined {
  if (column === undefined) return 0;
  const { family, familyStride, valid } = column;
  const masks = masksOf(mask, k);
  const isWhole = masks.every((bits) => bits === ALL_BITS);
  const values = k === 3 ? undefined : maskedByFamily(column, k, masks);
  if (values !== undefined) {
    if (valid === undefined && (familyStride === 0 || isSame(values))) return values[family[0]! & 7]!;
    copyByFamily(column, values, rows, count, to);
  } else if (valid === undefined && column.strides[k] === 0 && (isWhole || familyStride === 0))
    return (column.lanes[k][0]! & masks[family[0]! & 7]!) >>> 0;
  else if (isWhole && column.strides[k] === 1) copyWords(column.lanes[k], rows, count, to);
  else copyMasked(column, k, masks, rows, count, to);
  if (valid !== undefined) clearAbsent(valid, rows, count, to);
  return undefined;
}

/** The bits of a lane that count, by family. */
function masksOf(mask: AddressMask | undefined, k: 0 | 1 | 2 | 3): Uint32Array {
  return Uint32Array.from({ length: FAMILIES }, (_, f) => (mask === undefined ? ALL_BITS : lanesOfMask(mask, f)[k]));
}

/** @returns undefined where the lane is not known to go by the family */
function maskedByFamily(column: AddressColumn | undefined, k: number, masks: Uint32Array): Uint32Array | undefined {
  if (column === undefined) return new Uint32Array(FAMILIES);
  return column.upper && upperByFamily(column.upper)[k]?.map((lane, f) => lane & masks[f]!);
}

const isSame = (values: Uint32Array): boolean => values.every((value) => value === values[0]);

const ALL_BITS = 0xffff_ffff;
/** Families of addresses are below this. */
const FAMILIES = 8;

function copyWords(values: Uint32Array, rows: Uint32Array, count: number, { words, from, step }: Target): void {
  for (let i = 0, at = from; i < count; i++, at += step) words[at] = values[rows[i]!]!;
}

/** @param values by family */
function copyByFamily(
  { family, familyStride }: AddressColumn,
  values: Uint32Array,
  rows: Uint32Array,
  count: number,
  { words, from, step }: Target,
): void {
  for (let i = 0, at = from; i < count; i++, at += step) words[at] = values[family[rows[i]! * familyStride]! & 7]!;
}

/** @param masks by family */
function copyMasked(
  { lanes, strides, family, familyStride }: AddressColumn,
  k: 0 | 1 | 2 | 3,
  masks: Uint32Array,
  rows: Uint32Array,
  count: number,
  { words, from, step }: Target,
): void {
  const values = lanes[k];
  const stride = strides[k];
  for (let i = 0, at = from; i < count; i++, at += step) {
    const row = rows[i]!;
    words[at] = values[row * stride]! & masks[family[row * familyStride]! & 7]!;
  }
}

function clearAbsent(valid: Uint8Array, rows: Uint32Array, count: number, { words, from, step }: Target): void {
  for (let i = 0, at = from; i < count; i++, at += step) {
    const row = rows[i]!;
    if ((valid[row >> 3]! & (1 << (row & 7))) === 0) words[at] = 0;
  }
}

/** The protocol as it prints: of IP the one inside, whichever version of IP carries it. */
export const PROTOCOL_PIECE: KeyPiece = {
  bits: 18,
  fill(batch, rows, count, { words, from, step }) {
    const inner = numberColumn(batch, STORED_FIELDS.ipproto.number);
    const outer = numberColumn(batch, STORED_FIELDS.etype.number);
    for (let i = 0, at = from; i < count; i++, at += step) {
      const row = rows[i]!;
      if (inner?.has(row) === true) words[at] = 0x1_0000 | inner.values[row]!;
      else words[at] = outer?.has(row) === true ? outer.values[row]! : 0x2_0000;
    }
    return undefined;
  },
};

const REQUEST_OF: ReadonlyMap<number, number> = new Map([[0, 8], [14, 13], [16, 15], [18, 17], [129, 128], [134, 133], [136, 135]]); // prettier-ignore

/**
 * The request that an answer belongs to (RFC 792, and of ICMPv6, whose types are others, RFC 4443 and 4861); other types
 * are themselves.
 */
export const ICMP_REQUEST: Readonly<Uint8Array> = Uint8Array.from(
  { length: 256 },
  (_, type) => REQUEST_OF.get(type) ?? type,
);

/** Type and code of ICMP: 1 bit for there being any, type of the request, code. */
export const ICMP_PIECE: KeyPiece = {
  bits: 17,
  fill(batch, rows, count, { words, from, step }) {
    const type = numberColumn(batch, STORED_FIELDS.icmptype.number);
    const code = numberColumn(batch, STORED_FIELDS.icmpcode.number);
    if (type === undefined) return 0;
    for (let i = 0, at = from; i < count; i++, at += step) {
      const row = rows[i]!;
      if (!type.has(row)) words[at] = 0;
      else words[at] = 0x1_0000 | (ICMP_REQUEST[type.values[row]!]! << 8) | (code?.has(row) === true ? code.values[row]! : 0); // prettier-ignore
    }
    return undefined;
  },
};

const TCP_HANDSHAKE = TCP_STATE.syn | TCP_STATE.synAck;
const SCTP_HANDSHAKE = SCTP_STATE.init | SCTP_STATE.initAck;

/** One bit: who is the initiator is certain, since the handshake was seen, or the protocol says it (who asks in ARP; ESP has one direction). */
export const CERTAIN_PIECE: KeyPiece = {
  bits: 1,
  fill(batch, rows, count, { words, from, step }) {
    const tcp = numberColumn(batch, STORED_FIELDS.tcpstate.number);
    const sctp = numberColumn(batch, STORED_FIELDS.sctpstate.number);
    const spi = numberColumn(batch, STORED_FIELDS.spi.number);
    const etype = numberColumn(batch, STORED_FIELDS.etype.number);
    for (let i = 0, at = from; i < count; i++, at += step) {
      const row = rows[i]!;
      // Values of rows that have none are not looked at: they may be anything.
      const isCertain =
        (tcp?.has(row) === true && (tcp.values[row]! & TCP_HANDSHAKE) !== 0) ||
        (sctp?.has(row) === true && (sctp.values[row]! & SCTP_HANDSHAKE) !== 0) ||
        spi?.has(row) === true ||
        (etype?.has(row) === true && (etype.values[row] === ETHERTYPE.arp || etype.values[row] === ETHERTYPE.rarp));
      words[at] = isCertain ? 1 : 0;
    }
    return undefined;
  },
};

/** The bin in which a record begins. */
export function binPieces(bins: TimeBins): KeyPiece[] {
  return [0, 1].map((half) => ({
    bits: 32,
    fill(batch, rows, count, { words, from, step }) {
      const stime = numberColumn(batch, STORED_FIELDS.stime.number);
      if (stime === undefined || isInOneBin(stime, rows, count, bins)) {
        if (stime === undefined) bins.seek(0);
        return halfOf(bins.startUs, half);
      }
      for (let i = 0, at = from; i < count; i++, at += step) {
        bins.seek(stime.has(rows[i]!) ? stime.values[rows[i]!]! : 0);
        words[at] = halfOf(bins.startUs, half);
      }
      return undefined;
    },
  }));
}

/** Whether all records begin in one bin, which has been sought then. */
function isInOneBin({ values, valid }: NumberColumn, rows: Uint32Array, count: number, bins: TimeBins): boolean {
  if (valid !== undefined || count === 0) return false;
  bins.seek(values[rows[0]!]!);
  const { startUs, endUs } = bins;
  for (let i = 1; i < count; i++) if (!(values[rows[i]!]! >= startUs && values[rows[i]!]! < endUs)) return false;
  return true;
}

/** Numbers for texts, from 1; 0 is none. */
export class Interned {
  readonly texts: string[] = [''];
  readonly #numbers = new Map<string, number>();
  /** About what they take in memory. */
  bytes = 0;

  number(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.texts.length;
      this.#numbers.set(text, number);
      this.texts.push(text);
      this.bytes += 2 * text.length + ENTRY_BYTES;
    }
    return number;
  }
}

/** Of a text in a map and an array, beside its characters. */
const ENTRY_BYTES = 100;

/** Any field at all, by what it prints from. */
export function textPiece(read: Reader, interned: Interned, side?: Side): KeyPiece {
  return {
    bits: 32,
    interned: true,
    ...sided(side),
    fill(batch, rows, count, { words, from, step }) {
      for (let i = 0, at = from; i < count; i++, at += step) {
        const value = read(batch, rows[i]!);
        words[at] =
          value === undefined ? 0 : interned.number(typeof value === 'object' ? wordOf(value) : String(value));
      }
      return undefined;
    },
  };
}

function wordOf(value: Uint8Array | Address): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : `${value.family}:${value.lanes.join()}`;
}

/** The probe. */
export function sourcePiece(interned: Interned): KeyPiece {
  return {
    bits: 32,
    interned: true,
    fill: (batch) => interned.number(batch.origin.source),
  };
}
