import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FlowDecoder } from '../../libs/interop/argus3/flow-decoder.ts';
import { FlowRecord, SIDED, SINGLE } from '../../libs/interop/argus3/flow-record.ts';
import { RECORD_TYPE } from '../../libs/interop/argus3/format.ts';
import { WindowReader } from '../../libs/interop/argus3/window-reader.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { STORED_FIELDS, type StoredName } from '../../libs/record/fields/stored.ts';
import { Random } from '../../libs/synthetic/random.ts';
import { cellOf } from '../support/batches.ts';
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
    const differs = runs % TOGETHER_EACH > 0 ? '' : differsTogether(bytes.subarray(MARGIN, bytes.length - MARGIN));
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
  const wrong = isWhole && COUNTS.find((slot) => record.values[slot]! < 0 || record.values[slot] === Infinity);
  return wrong === undefined || wrong === false ? '' : `slot ${wrong} is ${record.values[wrong]}`;
}

/** Of so many records one is read together with others that are the same, which takes longer than all else. */
const TOGETHER_EACH = 16;
/** So many records that look alike are certainly read together. */
const ALIKE = 20;
const WHOLE = new WindowReader({ batchRows: ALIKE });
const PART = new WindowReader({
  batchRows: ALIKE,
  fields: fieldNumbers('saddr', 'dport', 'stime', 'sflags', 'events'),
});

/** Records that are read together say what one says that is read by itself. */
function differsTogether(bytes: Uint8Array): string {
  if (bytes.length < 4) return '';
  const record = Uint8Array.from(bytes);
  record[0] = RECORD_TYPE.flow | 3;
  record[1]! &= 0x7f;
  new DataView(record.buffer).setUint16(2, record.length / 4);
  const many = new Uint8Array(record.length * ALIKE);
  for (let i = 0; i < ALIKE; i++) many.set(record, i * record.length);
  for (const reader of [WHOLE, PART]) {
    const wanted = rowIn(reader.read({ bytes: record, end: record.length, start: 0 }), 0);
    const batches = reader.read({ bytes: many, end: many.length, start: 0 });
    for (const row of [0, ALIKE - 1]) {
      const found = rowIn(batches, row);
      if (found !== wanted) return `together ${found}, alone ${wanted}`;
    }
  }
  return '';
}

function rowIn([batch]: readonly Batch[], row: number): string {
  if (batch === undefined) return 'nothing';
  return JSON.stringify([batch.origin.source, ...batch.columns.map((column) => cellOf(column, row) ?? null)]);
}

function fieldNumbers(...names: readonly StoredName[]): ReadonlySet<number> {
  return new Set(names.map((name) => STORED_FIELDS[name].number));
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
