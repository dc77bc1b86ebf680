import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { Argus3Reader } from '../../libs/interop/argus3/reader.ts';
import { RecordNumbers } from '../../libs/interop/argus3/record-numbers.ts';
import type { Batch } from '../../libs/record/batch.ts';
import type { NumberColumn } from '../../libs/record/columns.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { Random } from '../../libs/synthetic/random.ts';
import type { FuzzResult } from './packets.ts';
import { cpuMilliseconds } from '../support/cpu-clock.ts';

const FOLDER = join(import.meta.dirname, '../../../test/interop/argus3');
/** Problems told; a broken decoder would fill memory with them. */
const PROBLEMS_MAX = 20;
/** A file of a few kilobytes must not take longer; the slowest machines take a hundredth of it. */
const MILLISECONDS_MAX = 2000;
/** The shortest record that makes a row is its header. */
const ROW_BYTES_MIN = 4;
const BATCH_ROWS = 64;
const EDGES: readonly number[] = [0, 1, 2, 3, 0x10, 0x13, 0x20, 0x40, 0x7f, 0x80, 0x83, 0xa0, 0xf0, 0xff];
const NEVER_NEGATIVE = ['stime', 'dur', 'spkts', 'dpkts', 'sbytes', 'dbytes', 'sgap', 'dgap', 'sactsum'] as const;

/**
 * Reads mutated files of Argus 3 and 5 in pieces of any size. A problem is a throw, a number that cannot be, more rows than
 * the bytes could hold, a batch that cannot be encoded, or too long a time.
 */
export async function fuzz(options: { seed: number; runs: number }): Promise<FuzzResult> {
  const random = new Random(options.seed);
  const seeds = seedFiles();
  const problems: string[] = [];
  let runs = 0;
  for (; runs < options.runs && problems.length < PROBLEMS_MAX; runs++) {
    const file = mutated(seeds, random);
    const trouble = await tryFile(file, random);
    if (trouble !== '') problems.push(`${trouble}: ${Buffer.from(file.subarray(0, 400)).toString('hex')}`);
  }
  return { runs, problems };
}

function seedFiles(): Uint8Array[] {
  return ['argus3', 'argus5'].flatMap((version) =>
    readdirSync(join(FOLDER, version))
      .filter((name) => name.endsWith('.arg'))
      .sort()
      .map((name) => Uint8Array.from(readFileSync(join(FOLDER, version, name)))),
  );
}

/** A few bytes changed, pieces of another file put in, repeated or cut out, the end cut. */
function mutated(seeds: readonly Uint8Array[], random: Random): Uint8Array {
  const upTo = (limit: number): number => random.between(0, Math.max(0, limit - 1));
  let file = Uint8Array.from(seeds[upTo(seeds.length)]!);
  if (random.chance(0.3)) {
    const other = random.chance(0.5) ? file : seeds[upTo(seeds.length)]!;
    const from = upTo(other.length) & ~3;
    const at = upTo(file.length) & ~3;
    const gone = upTo(64) & ~3;
    file = Uint8Array.from(Buffer.concat([file.subarray(0, at), other.subarray(from, from + upTo(600)), file.subarray(at + gone)])); // prettier-ignore
  }
  for (let changes = upTo(12); changes > 0 && file.length > 0; changes--) {
    const at = upTo(file.length);
    file[at] = random.chance(0.5) ? EDGES[upTo(EDGES.length)]! : upTo(256);
  }
  return random.chance(0.2) ? file.subarray(0, upTo(file.length)) : file;
}

async function tryFile(file: Uint8Array, random: Random): Promise<string> {
  const start = cpuMilliseconds();
  let rows = 0;
  try {
    for await (const batch of new Argus3Reader(pieces(file, random), {
      numbers: new RecordNumbers(),
      batchRows: BATCH_ROWS,
    })) {
      rows += batch.rows;
      const wrong = wrongNumber(batch);
      if (wrong !== '') return wrong;
      encodeBatch(batch);
    }
  } catch (error) {
    return `threw ${String(error)}`;
  }
  if (rows > file.length / ROW_BYTES_MIN) return `${rows} rows of ${file.length} bytes`;
  return cpuMilliseconds() - start > MILLISECONDS_MAX ? 'too slow' : '';
}

// oxlint-disable-next-line require-await -- the reader takes what comes in time
async function* pieces(file: Uint8Array, random: Random): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < file.length;) {
    const end = at + random.between(1, 2000);
    yield file.subarray(at, end);
    at = end;
  }
}

function wrongNumber(batch: Batch): string {
  for (const name of NEVER_NEGATIVE) {
    const column = batch.columns[STORED_FIELDS[name].number] as NumberColumn | undefined;
    if (column === undefined) continue;
    for (let row = 0; row < batch.rows; row++) {
      if (column.has(row) && !(column.values[row]! >= 0 && column.values[row]! < Infinity))
        return `${name} is ${column.values[row]}`;
    }
  }
  return '';
}
