import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SERVER } from './query-cases.ts';
import type { Contest } from './query-contest.ts';
import { made, madeOf, type QueryRecords } from './query-records.ts';
import { measure } from './measure.ts';
import { executable, PANOPTES } from './programs.ts';

/** What other programs are asked, or why they are not. */
export interface Peer {
  readonly contests: readonly Contest[];
  readonly missing?: string;
  /** What is to be known of the figures. */
  readonly note?: string;
}

const command = (program: string): string[] => PANOPTES.ra.map((word, i) => (i === 1 ? word.replace(/ra$/, program) : word)); // prettier-ignore
const OURS_BY_SOURCE = (path: string): string[] => [...command('racluster'), '-X', '-r', path, '-m', 'saddr', '-n'];
const TALKERS = '"$1" "$2" -X -r "$4" -m saddr -w - | "$1" "$3" -X -r - -n -m bytes -N 10';

/** Top talkers beside nfdump, which counts either direction of a flow as a record. */
export async function nfdumpPeer(records: QueryRecords): Promise<Peer> {
  const [nfdump, nfpcapd] = ['nfdump', 'nfpcapd'].map((name) => executable(name));
  const [node = '', racluster = ''] = command('racluster');
  const ours = ['sh', '-c', TALKERS, 'sh', node, racluster, command('rasort')[1]!, records.panoptes];
  const name = 'top talkers';
  if (nfdump === undefined || nfpcapd === undefined)
    return { contests: [{ name, ours, peer: '' }], missing: 'nfdump is not installed' };
  const folder = madeOf(records.capture, 'nfdump');
  if (!existsSync(folder)) {
    console.error(`making ${folder} …`);
    await rm(`${folder}.part`, { force: true, recursive: true });
    await mkdir(`${folder}.part`);
    await measure([nfpcapd, '-r', records.capture.path, '-w', `${folder}.part`, '-t', '86400']);
    await rename(`${folder}.part`, folder);
  }
  const [file = ''] = await readdir(folder);
  const path = join(folder, file);
  const top = [nfdump, '-r', path, '-s', 'srcip/bytes', '-n', '10'];
  const told = execFileSync(nfdump, top.slice(1), { encoding: 'utf8' });
  const theirs = Number(/Total flows processed: (\d+)/.exec(told)?.[1]);
  return {
    contests: [{ name, ours, theirs: top, peer: 'nfdump', wanted: 1, records: { ours: records.records, theirs } }],
    note: `nfdump: ${theirs} records of one direction each; faster = for each record that is read`,
  };
}

const FIELDS = ['stime', 'dur', 'proto', 'saddr', 'sport', 'daddr', 'dport', 'spkts', 'dpkts', 'sbytes', 'dbytes'];
const TO_PARQUET = `
import duckdb, sys
names = sys.argv[2].split(',')
kinds = {'stime': 'DOUBLE', 'dur': 'DOUBLE', 'proto': 'VARCHAR', 'saddr': 'VARCHAR', 'daddr': 'VARCHAR', 'sport': 'USMALLINT', 'dport': 'USMALLINT'}
columns = ', '.join(f"TRY_CAST({name} AS {kinds.get(name, 'UBIGINT')}) AS {name}" for name in names)
duckdb.execute('SET threads = 2')
duckdb.execute(f"COPY (SELECT {columns} FROM read_csv('/dev/stdin', header = false, all_varchar = true, names = {names})) TO '{sys.argv[1]}' (FORMAT parquet, COMPRESSION zstd)")
`;
const ASK = `
import duckdb, sys
duckdb.execute('SET threads = 2')
for row in duckdb.execute(sys.argv[1]).fetchall(): print(row)
`;

/** The filter and a sum for each source address beside DuckDB, on a Parquet file of the same records. */
export async function duckdbPeer(records: QueryRecords): Promise<Peer> {
  const python = (program: string, ...args: string[]): string[] => ['python3', '-c', program, ...args];
  const asked = spawnSync('python3', ['-c', 'import duckdb; print(duckdb.__version__)'], { encoding: 'utf8' });
  if (asked.status !== 0) return { contests: [], missing: 'no python3 on PATH has the module duckdb' };
  const path = madeOf(records.capture, 'parquet');
  const printed = [...PANOPTES.ra, '-X', '-r', records.panoptes, '-n', '-n', '-u', '-p', '6', '-L', '-1', '-c', ',', '-s', ...FIELDS]; // prettier-ignore
  await made(path, (to) => {
    const makes = python(TO_PARQUET, to, FIELDS.join());
    return ['sh', '-c', `${words(printed)} | ${words(makes)}`];
  });
  const hits = `proto = 'tcp' AND (sport = 80 OR dport = 80) AND (saddr = '${SERVER}' OR daddr = '${SERVER}')`;
  const sums = 'saddr, count(*), sum(spkts + dpkts), sum(sbytes + dbytes)';
  const bytes = (await stat(path)).size;
  const start = await measure(python(ASK, 'SELECT 1'));
  return {
    contests: [
      {
        name: 'filter, host in all frames',
        ours: [...PANOPTES.ra, '-X', '-r', records.panoptes, '-n', '-L', '-1', '-', `tcp and port 80 and host ${SERVER}`], // prettier-ignore
        theirs: python(ASK, `SELECT * FROM read_parquet('${path}') WHERE ${hits}`),
        peer: 'DuckDB',
      },
      {
        name: 'sums by source address',
        ours: OURS_BY_SOURCE(records.panoptes),
        theirs: python(ASK, `SELECT ${sums} FROM read_parquet('${path}') GROUP BY saddr`),
        peer: 'DuckDB',
      },
    ],
    note: `DuckDB ${asked.stdout.trim()}: two threads; Parquet of ${FIELDS.length} columns with zstd, ${(bytes / records.records).toFixed(1)} bytes a record; ${start.wallSeconds.toFixed(2)} s of its time are the start of Python and DuckDB`, // prettier-ignore
  };
}

/** A shell's words. */
function words(all: readonly string[]): string {
  return all.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
}

/** Bytes of the original's file after `xz -6`; undefined where there is no xz. Counted once. */
export async function xzBytes(records: QueryRecords): Promise<number | undefined> {
  const { argus } = records;
  const kept = `${argus}.xz-bytes`;
  if (argus === undefined || spawnSync('xz', ['--version']).status !== 0) return undefined;
  if (!existsSync(kept)) {
    console.error(`compressing ${argus} with xz -6 …`);
    await measure(['sh', '-c', 'xz -6 -c "$1" | wc -c > "$2.part" && mv "$2.part" "$2"', 'sh', argus, kept]);
  }
  return Number(await readFile(kept, 'utf8'));
}
