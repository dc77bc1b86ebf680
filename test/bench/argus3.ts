import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Argus3Reader } from '../../libs/interop/argus3/reader.ts';
import { RecordNumbers } from '../../libs/interop/argus3/record-numbers.ts';
import { FLOW_BATCH } from '../../libs/record/batch.ts';
import { corpusMissing, writeCorpusRecords } from '../support/argus3-corpus.ts';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { BENCH_FOLDER } from './captures.ts';
import { measure, median, type Usage } from './measure.ts';
import { originalSuite, PANOPTES } from './programs.ts';
import { millions, seconds, tableText, times } from './table.ts';

const RECORDS = 5_000_000;
const ROUNDS = 3;
const OUTPUT = join(BENCH_FOLDER, 'argus3.written');
/** What `ra` does with the file. */
const TASKS: readonly { name: string; args: readonly string[] }[] = [
  { name: 'tcp and dst port 80', args: ['-n', '-', 'tcp', 'and', 'dst', 'port', '80'] },
  { name: 'src pkts gt 100', args: ['-n', '-', 'src', 'pkts', 'gt', '100'] },
  { name: 'to our format (argus: to its own)', args: ['-w', OUTPUT] },
];

export const ARGUS3_BENCH: Bench = {
  name: 'argus3',
  about: 'filters over, and conversion of, a file of Argus of 5 million records of the corpus (CORPUS_DIR)',
  run: argus3Bench,
};

async function argus3Bench(options: BenchOptions): Promise<BenchResult> {
  const missing = corpusMissing();
  if (missing !== false) return { text: `argus3: ${missing}`, json: { missing }, isGood: false };
  const { path, records } = await recordsFile(options.packets ?? RECORDS);
  const rows: string[][] = [];
  const json: object[] = [];
  for (const { name, args } of TASKS) {
    const runs = { argus: [] as Usage[], panoptes: [] as Usage[] };
    for (let round = 0; round < (options.rounds ?? ROUNDS); round++) {
      for (const suite of [originalSuite()!, PANOPTES]) {
        await rm(OUTPUT, { force: true });
        runs[suite.name].push(await measure([...suite.ra, '-X', '-r', path, ...args]));
      }
    }
    const [theirs, ours] = [runs.argus, runs.panoptes].map((all) => median(all.map((run) => run.wallSeconds)));
    rows.push([name, seconds(theirs!), seconds(ours!), millions(records / ours!), times(ours! / theirs!)]);
    json.push({ name, records, runs });
  }
  await rm(OUTPUT, { force: true });
  const text = tableText([`${records} records`, 'argus', 'Panoptes', 'records/s', 'ours / theirs'], rows);
  return { text, json, isGood: true };
}

/** The records of all captures, again and again. */
async function recordsFile(wanted: number): Promise<{ path: string; records: number }> {
  await mkdir(BENCH_FOLDER, { recursive: true });
  const folder = await mkdtemp(join(BENCH_FOLDER, 'argus3-'));
  const once = join(folder, 'once.arg');
  await writeCorpusRecords(folder, once);
  const bytes = await readFile(once);
  await rm(folder, { recursive: true });
  const records = await countOf(bytes);
  const copies = Math.max(1, Math.ceil(wanted / records));
  const path = join(BENCH_FOLDER, `argus3-${copies}.arg`);
  if (existsSync(path)) await rm(path);
  for (let copy = 0; copy < copies; copy++) await appendFile(path, bytes);
  return { path, records: records * copies };
}

async function countOf(bytes: Uint8Array): Promise<number> {
  let records = 0;
  // oxlint-disable-next-line require-await -- the reader takes what comes in time
  const chunks = (async function* () {
    yield bytes;
  })();
  for await (const batch of new Argus3Reader(chunks, { numbers: new RecordNumbers() }))
    if (batch.kind === FLOW_BATCH) records += batch.rows;
  return records;
}
