import { maskLanes } from '../address/prefix.ts';
import { parseIP } from '../address/ip.ts';
import { UsageError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';
import { storedInputs } from '../record/fields/inputs.ts';
import { STORED_FIELDS, type StoredName } from '../record/fields/stored.ts';
import { namedField } from '../record/fields/other-names.ts';
import { FIELD_NAMES, fieldByName, isStored, type FieldName } from '../record/fields/table.ts';
import { isNumeric } from '../record/kinds.ts';
import { PRINTED_FIELDS } from '../record/fields/printed.ts';
import { READING_FIELDS } from '../record/fields/reading.ts';
import { UNAVAILABLE_FIELDS } from '../record/fields/unavailable.ts';
import { reader } from '../record/row.ts';
import { maskOfLength, type AddressMask } from './address-mask.ts';
import { addressPieces } from './address-pieces.ts';
import { CERTAIN_PIECE, ICMP_PIECE, PROTOCOL_PIECE } from './flow-pieces.ts';
import type { KeyPiece } from './key-piece.ts';
import { doublePieces, numberPiece, presencePiece } from './number-pieces.ts';
import { Interned, sourcePiece, textPiece } from './text-pieces.ts';

/** What records have in common that become one. */
export interface Model {
  readonly pieces: readonly KeyPiece[];
  /** Numbers of the stored fields that the key is made of. */
  readonly fields: ReadonlySet<number>;
  /** Those of them that all records with the same key have the same value of, as far as the key tells. */
  readonly exact: ReadonlySet<number>;
  /** Masks of addresses in the key, by number of the field; undefined where all bits count. */
  readonly addresses: ReadonlyMap<number, AddressMask | undefined>;
  /**
   * `flow`: records of both directions of a flow become one, in the direction of its start; `pair`: so do those of two hosts;
   * `none`: initiators are apart from responders.
   */
  readonly turning: 'flow' | 'pair' | 'none';
  /** Each record counts for both of its sides, as if either had been the initiator. */
  readonly doubles: boolean;
  readonly interned: Interned;
}

/** The key of a flow, when nothing else is said. */
export const DEFAULT_MODEL = ['srcid', 'proto', 'saddr', 'sport', 'daddr', 'dport'];
/** The same where each record counts for both of its sides. */
export const DEFAULT_HOST_MODEL = ['srcid', 'proto', 'saddr', 'sport'];

export interface ModelOptions {
  /** `-M correct` and `-M nocorrect`; absent: where the key is that of a flow. */
  readonly correct?: boolean;
  readonly rmon?: boolean;
}

interface KeyWord {
  readonly name: string;
  readonly mask: string | undefined;
}

/** Words that stand for others. */
const COMPOSITES: Readonly<Record<string, readonly string[]>> = {
  matrix: ['saddr', 'daddr'],
  macmatrix: ['smac', 'dmac'],
  addr: ['saddr'],
  mac: ['smac'],
  port: ['sport'],
};
const PAIRS: ReadonlySet<string> = new Set(['matrix', 'macmatrix']);
const DOUBLES: ReadonlySet<string> = new Set(['addr', 'mac', 'port']);
const FLOW_KEY = ['saddr', 'daddr', 'sport', 'dport'];

const isUnavailable = (name: string): boolean =>
  [UNAVAILABLE_FIELDS, PRINTED_FIELDS, READING_FIELDS].some((fields) => Object.hasOwn(fields, name));

/** All words of `-m`. */
export const KEY_WORDS: readonly string[] = [
  'none',
  ...Object.keys(COMPOSITES),
  ...FIELD_NAMES.filter((name) => !isUnavailable(name)),
];

/**
 * Reads the words of `-m`: names of fields, addresses with a mask behind a slash (`saddr/16`, `saddr/255.255.0.0`), `none`,
 * `matrix`, `macmatrix`, `addr`, `mac`, `port`. A port brings its protocol.
 * @throws {UsageError}
 */
export function parseModel(words: readonly string[], options: ModelOptions = {}): Model {
  const usual = options.rmon === true ? DEFAULT_HOST_MODEL : DEFAULT_MODEL;
  const given = words.length === 0 ? usual : wordsOf(words);
  if (given.length === 0) throw new UsageError('no key is named', { hint: 'For example -m saddr, or none, which makes one record of all.' }); // prettier-ignore
  const read = given.map(readWord);
  const keys = read.filter(({ name }) => name !== 'none').flatMap(expand);
  if (keys.some(({ name }) => name === 'sport' || name === 'dport')) keys.push({ name: 'proto', mask: undefined });
  const unique = new Map(keys.map((key) => [key.name, key]));
  const isPair = read.some(({ name }) => PAIRS.has(name));
  const masksAgree = unique.get('saddr')?.mask === unique.get('daddr')?.mask;
  const isFlow = FLOW_KEY.every((name) => unique.has(name)) && masksAgree;
  const turning = isFlow && options.correct !== false ? 'flow' : isPair ? 'pair' : 'none';
  const interned = new Interned();
  const addresses = new Map<number, AddressMask | undefined>();
  for (const { name, mask } of unique.values()) {
    const field = fieldByName(name);
    if (field?.kind === 'address' && isStored(field)) addresses.set(field.number, maskOf(name, mask));
  }
  return {
    pieces: [...[...unique.values()].flatMap((key) => piecesOf(key, interned)), ...(turning === 'flow' ? [CERTAIN_PIECE] : [])], // prettier-ignore
    fields: new Set([...unique.keys()].flatMap(fieldsOf).concat(turning === 'flow' ? CERTAIN_FIELDS : [])),
    exact: new Set([...unique.keys()].flatMap(exactOf)),
    addresses,
    turning,
    doubles: options.rmon === true || read.some(({ name }) => DOUBLES.has(name)),
    interned,
  };
}

const wordsOf = (words: readonly string[]): string[] => words.flatMap((word) => word.split(/[\s,]+/)).filter(Boolean);

/** Whether a word of `-m` makes each record count for both of its sides. */
export function countsBothSides(words: readonly string[]): boolean {
  return wordsOf(words).some((word) => DOUBLES.has(word.replace(/\/.*/, '')));
}

function readWord(text: string): KeyWord {
  const [, written = '', mask] = /^([^/]*)(?:\/(.*))?$/s.exec(text)!;
  const name = namedField(written) ?? written;
  if (!KEY_WORDS.includes(name)) throw new UsageError(`'${text}' is no key to aggregate by`, { hint: hintFor(name) });
  const takesMask = [name, ...(COMPOSITES[name] ?? [])].some((word) => fieldByName(word)?.kind === 'address');
  if (mask !== undefined && !takesMask) throw new UsageError(`'${text}': only addresses take a mask`);
  return { name, mask };
}

function hintFor(name: string): string {
  if (Object.hasOwn(UNAVAILABLE_FIELDS, name)) return 'Records here do not hold it.';
  if (isUnavailable(name))
    return 'It is known of records that are read or printed one by one, and is not part of them.';
  if (/^[sd]mpls\[\d+\]$/.test(name)) return `Records have one label for each side: '${name.slice(0, 5)}'.`;
  return (
    didYouMean(name, KEY_WORDS) ||
    "'ra --list-fields' shows the names; besides there are none, matrix, addr, mac and port."
  );
}

function expand({ name, mask }: KeyWord): KeyWord[] {
  return (COMPOSITES[name] ?? [name]).map((word) => ({ name: word, mask }));
}

/** @throws {UsageError} */
function maskOf(name: string, text: string | undefined): AddressMask | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,3}$/.test(text) && Number(text) <= 128) return maskOfLength(Number(text));
  const mask = parseIP(text);
  if (mask === undefined) {
    throw new UsageError(`'${name}/${text}': that is no mask`, { hint: 'Write a length up to 128, or a mask such as 255.255.0.0.' }); // prettier-ignore
  }
  const all = maskLanes(128);
  const whole = { ipv4: 0xffff_ffff, ipv6: all, mac: [0xffff, 0xffff_ffff] as const };
  return mask.family === 4 ? { ...whole, ipv4: mask.lanes[3] } : { ...whole, ipv6: mask.lanes };
}

const CERTAIN_FIELDS = (['tcpstate', 'sctpstate', 'spi', 'ipproto', 'etype'] as const).map(
  (name) => STORED_FIELDS[name].number,
);
/** Fields beside its own that a word is made of. */
const MORE_FIELDS: Readonly<Record<string, readonly StoredName[]>> = {
  proto: ['etype', 'ipproto'],
  sport: ['icmptype', 'icmpcode'],
  dport: ['icmpid', 'spi'],
};

function fieldsOf(name: string): number[] {
  return [...storedInputs(name), ...(MORE_FIELDS[name] ?? []).map((other) => STORED_FIELDS[other].number)];
}

/** Fields whose value is a piece of the key, but for amounts, which are sums all the same; ICMP's types and protocols are there in another form. */
function exactOf(name: string): number[] {
  if (name === 'dport') return (['dport', 'icmpid', 'spi'] as const).map((other) => STORED_FIELDS[other].number);
  const field = fieldByName(name);
  if (field === undefined || !isStored(field) || field.merge === 'sum') return [];
  return field.kind === 'address' || isNumeric(field.kind) ? [field.number] : [];
}

const BITS = { u8: 8, u16: 16, u32: 32, bits: 32 } as const;

/** Source and destination of one thing. */
function sideOf(name: string): KeyPiece['side'] {
  if (!/^[sd]/.test(name)) return undefined;
  const other = name.replace(/^[sd]/, (letter) => (letter === 's' ? 'd' : 's'));
  return fieldByName(other) === undefined ? undefined : { of: name.startsWith('s') ? 'source' : 'destination', name: name.slice(1) }; // prettier-ignore
}

function numberPieces(name: StoredName): KeyPiece[] {
  const { kind } = STORED_FIELDS[name];
  const side = sideOf(name);
  const presence = side === undefined ? undefined : { ...side, name: `${side.name} is there` };
  if (kind === 'f64') return [...doublePieces(name, side), presencePiece(name, presence)];
  return [numberPiece(name, BITS[kind as keyof typeof BITS], side), presencePiece(name, presence)];
}

function piecesOf({ name, mask }: KeyWord, interned: Interned): KeyPiece[] {
  if (name === 'srcid') return [sourcePiece(interned)];
  if (name === 'proto') return [PROTOCOL_PIECE];
  if (name === 'sport') return [...numberPieces('sport'), ICMP_PIECE];
  if (name === 'dport') return [...numberPieces('dport'), ...numberPieces('icmpid'), ...numberPieces('spi')];
  const field = fieldByName(name);
  if (field === undefined) return [];
  if (isStored(field) && field.kind === 'address') return addressPieces(name as StoredName, maskOf(name, mask), sideOf(name)); // prettier-ignore
  if (isStored(field) && field.kind !== 'text' && field.kind !== 'bytes') return numberPieces(name as StoredName);
  return [textPiece(reader(name as FieldName), interned, sideOf(name))];
}
