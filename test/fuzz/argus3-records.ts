import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TOGETHER } from '../../libs/interop/argus3/flow-columns.ts';
import { FlowDecoder } from '../../libs/interop/argus3/flow-decoder.ts';
import { FlowRecord, SIDED, SINGLE, SLOTS } from '../../libs/interop/argus3/flow-record.ts';
import { LightDecoder } from '../../libs/interop/argus3/light-decoder.ts';
import { sectionBytes } from '../../libs/interop/argus3/read-sections.ts';
import { PlainRecords } from '../../libs/interop/argus3/plain-records.ts';
import { Random } from '../../libs/synthetic/random.ts';
import type { FuzzResult } from './packets.ts';

const FOLDER = join(import.meta.dirname, '../../../test/interop/argus3');
const PROBLEMS_MAX = 20;
/** Where a value stands that can never be negative or infinite. */
const COUNTS = [SINGLE.stime, SINGLE.duration, SIDED.packets, SIDED.packets + 1, SIDED.bytes, SIDED.bytes + 1, SIDED.gap, SIDED.gap + 1]; // prettier-ignore
const MARGIN = 64;

/** Decodes mutated flow records, whole and in part, with other bytes around them. */
export function fuzz(options: { seed: number; runs: number }): Promise<FuzzResult> {
  const random = new Random(options.seed);
  const seeds = seedRecords();
  const decoders = [new FlowDecoder(undefined), new FlowDecoder((field) => field === 'sport')];
  const record = new FlowRecord();
  const problems: string[] = [];
  let runs = 0;
  for (; runs < options.runs && problems.length < PROBLEMS_MAX; runs++) {
    const bytes = mutated(seeds, random);
    const view = new DataView(bytes.buffer);
    const differs = differsShort(view, bytes.length - MARGIN, record);
    if (differs !== '') problems.push(`${differs}: ${Buffer.from(bytes).toString('hex')}`);
    for (const [i, decoder] of decoders.entries()) {
      const trouble = tryRecord(decoder, record, view, bytes.length - MARGIN, i === 0);
      if (trouble !== '') problems.push(`${trouble}: ${Buffer.from(bytes).toString('hex')}`);
    }
  }
  return Promise.resolve({ runs, problems });
}

function tryRecord(decoder: FlowDecoder, record: FlowRecord, view: DataView, end: number, isWhole: boolean): string {
  try {
    decoder.decode(record, view, MARGIN, end);
  } catch (error) {
    return `threw ${String(error)}`;
  }
  for (let i = 0; i < record.pieces.length; i += 2) {
    const [from, to] = [record.pieces[i]!, record.pieces[i + 1]!];
    if (isWhole && from >= 0 && (from < MARGIN || to < from || to > end)) return `a piece from ${from} to ${to}`;
  }
  if (record.sourceBytes > 0 && record.sourceAt + record.sourceBytes > end) return 'a source id beyond the end';
  const parted = TOGETHER.find((slots) => new Set(slots.map((slot) => Number.isNaN(record.values[slot]))).size > 1);
  if (isWhole && parted !== undefined) return `slots ${parted.join(' ')} have some values, but not all`;
  const wrong = isWhole && COUNTS.find((slot) => record.values[slot]! < 0 || record.values[slot] === Infinity);
  return wrong === undefined || wrong === false ? '' : `slot ${wrong} is ${record.values[wrong]}`;
}

const isOfKeyOrCounter = (field: string): boolean => !/dur|time|state|ttl|user/.test(field);
const SHORT = new PlainRecords(isOfKeyOrCounter);
const LIGHT = new LightDecoder(true);
const SHORT_SLOTS = [
  ...[SIDED.packets, SIDED.bytes, SIDED.appBytes, SIDED.port].flatMap((slot) => [slot, slot + 1]),
  SINGLE.sequence,
  SINGLE.cause,
  SINGLE.etherType,
  SINGLE.protocol,
  SINGLE.spi,
  SINGLE.icmpType,
  SINGLE.icmpId,
];
const shortValues = new Float64Array(SLOTS);

/** The short way through a record, where there is one, and the long one lead to the same, unless a section comes twice. */
function differsShort(view: DataView, end: number, record: FlowRecord): string {
  const types = sectionTypes(view, end);
  if (new Set(types).size < types.length) return '';
  if (!SHORT.follow(view, MARGIN, end) || SHORT.read(shortValues, view, MARGIN, end) === 0) return '';
  LIGHT.decode(record, view, MARGIN, end);
  const slot = SHORT_SLOTS.find((one) => !Object.is(shortValues[one], record.values[one]));
  return slot === undefined ? '' : `the short way has ${shortValues[slot]} in slot ${slot}, not ${record.values[slot]}`;
}

function sectionTypes(view: DataView, end: number): number[] {
  const types: number[] = [];
  for (let at = MARGIN + 4; at + 4 <= end;) {
    const head = view.getUint32(at);
    const bytes = sectionBytes(head);
    if (bytes === 0) break;
    types.push((head >>> 24) & 0x7f);
    at += bytes;
  }
  return types;
}

function seedRecords(): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (const version of ['argus3', 'argus5']) {
    for (const name of readdirSync(join(FOLDER, version)).sort()) {
      if (!name.endsWith('.arg')) continue;
      const file = readFileSync(join(FOLDER, version, name));
      for (let at = 0; at + 4 <= file.length;) {
        const bytes = file.readUInt16BE(at + 2) * 4;
        if ((file[at]! & 0x80) === 0 && bytes > 0) records.push(Uint8Array.from(file.subarray(at, at + bytes)));
        at += Math.max(bytes, 4);
      }
    }
  }
  return records;
}

/** A few bytes changed, words cut out or repeated; random bytes before and behind. */
function mutated(seeds: readonly Uint8Array[], random: Random): Uint8Array<ArrayBuffer> {
  const upTo = (limit: number): number => random.between(0, Math.max(0, limit - 1));
  const seed = seeds[upTo(seeds.length)]!;
  const cut = random.chance(0.3) ? 4 * upTo(seed.length / 4) : seed.length;
  const bytes = new Uint8Array(MARGIN + cut + MARGIN).fill(upTo(256));
  bytes.set(seed.subarray(0, cut), MARGIN);
  for (let changes = upTo(10); changes > 0 && cut > 0; changes--) bytes[MARGIN + upTo(cut)] = upTo(256);
  if (random.chance(0.2) && cut > 8) bytes.copyWithin(MARGIN + 4, MARGIN + 4 * upTo(cut / 4), MARGIN + cut);
  return bytes;
}
