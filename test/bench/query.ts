import { join } from 'node:path';
import { ROOT } from '../tidy/tree.ts';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { executable, PANOPTES } from './programs.ts';
import { QUERY_CASES, type QueryCase } from './query-cases.ts';
import { compete, OUTPUT, type Contest, type Outcome } from './query-contest.ts';
import { linesOf, promisesOf, type Asked } from './query-promises.ts';
import { duckdbPeer, nfdumpPeer, xzBytes, type Peer } from './query-peers.ts';
import { queryRecords, type QueryRecords } from './query-records.ts';
import { promisesText, type Promised } from './report.ts';
import { megabytes, seconds, tableText, times } from './table.ts';

/** They make about 10 million records. */
const FLOWS = 9_400_000;
/** Sorting is asked of so much fewer. */
const FEWER = 5;
const ARGUS_SHARE_MAX = 1 / 5;
const XZ_SHARE_MAX = 3 / 4;

export const QUERY_BENCH: Bench = {
  name: 'query',
  about: 'questions to 10 million records, beside the original, nfdump and DuckDB (half an hour, 10 GB); --flows and --only make it shorter', // prettier-ignore
  run: queryBench,
};

async function queryBench(options: BenchOptions): Promise<BenchResult> {
  const flows = options.flows ?? Math.ceil((options.packets ?? 3 * FLOWS) / 3);
  const many = await queryRecords(flows);
  const fewer = await queryRecords(Math.ceil(flows / FEWER));
  const { rounds, only = '' } = options;
  const asked: Asked[] = [];
  const starting = await compete({ name: 'ra --version', peer: '', ours: [...PANOPTES.ra, '--version'] }, rounds);
  const isGood: boolean[] = [];
  for (const query of QUERY_CASES.filter(({ name }) => name.includes(only))) {
    const records = query.isOfFewer === true ? fewer : many;
    const contest = contestOf(query, records);
    const lines = query.isCounted === true ? await linesOf(contest) : undefined;
    isGood.push(lines === undefined || lines.other === undefined || lines.panoptes === lines.other);
    asked.push({ query, records: records.records, lines, outcome: await compete(contest, rounds) });
  }
  const peers = await otherPeers(many, options);
  const size = only === '' ? await sizeOf(fewer) : undefined;
  const all = [starting, ...asked.map(({ outcome }) => outcome), ...peers.outcomes];
  const promises = [...promisesOf(asked, starting), ...peers.promises, ...(size?.promises ?? [])];
  const head = `${many.records} records, ${fewer.records} where sorted or with little memory`;
  return {
    text: [head, outcomesText(all), ...peers.notes, ...(size?.lines ?? []), promisesText(promises)].join('\n'),
    json: { records: many, fewer, outcomes: all, asked, notes: peers.notes, size, promises },
    isGood: !isGood.includes(false),
  };
}

function contestOf(query: QueryCase, records: QueryRecords): Contest {
  const original = query.isOwn === true || records.argus === undefined ? undefined : executable(query.program);
  const { ownArgs = [] } = query;
  const args = query.args.map((word) => (word === 'OUTPUT' ? OUTPUT : word === 'RANGE' ? records.range : word));
  return {
    name: query.name,
    ours: [process.execPath, join(ROOT, 'dist/bin', query.program), '-X', '-r', records.panoptes, ...ownArgs, ...args],
    theirs: original === undefined ? undefined : [original, '-X', '-r', records.argus!, ...args],
    peer: 'argus',
    wanted: query.wanted,
  };
}

async function otherPeers(
  records: QueryRecords,
  { rounds, only = '' }: BenchOptions,
): Promise<{ outcomes: Outcome[]; promises: Promised[]; notes: string[] }> {
  const outcomes: Outcome[] = [];
  const notes: string[] = [];
  for (const [name, open] of [
    ['nfdump', nfdumpPeer],
    ['duckdb', duckdbPeer],
  ] as const) {
    if (!name.includes(only)) continue;
    const { contests, missing, note }: Peer = await open(records);
    if (missing !== undefined) notes.push(`not compared with ${name}: ${missing}`);
    if (note !== undefined) notes.push(note);
    for (const contest of contests) outcomes.push(await compete(contest, rounds));
  }
  const promises = outcomes
    .filter(({ faster, wanted }) => faster !== undefined && wanted !== undefined)
    .map(({ name, peer, faster = 0, wanted = 0 }) => ({
      what: `${name}: at least ${wanted} times as fast as ${peer}, for each record`,
      value: times(faster),
      isKept: faster >= wanted,
    }));
  return { outcomes, promises, notes };
}

async function sizeOf(records: QueryRecords): Promise<{ lines: string[]; promises: Promised[] } | undefined> {
  if (records.argus === undefined) return undefined;
  const packed = await xzBytes(records);
  const each = (bytes: number): string => (bytes / records.records).toFixed(1);
  const line = `bytes a record: ${each(records.panoptesBytes)}, argus ${each(records.argusBytes)}`;
  const shares: [string, number, number][] = [['the file of argus', records.argusBytes, ARGUS_SHARE_MAX]];
  if (packed !== undefined) shares.push(['that after xz -6', packed, XZ_SHARE_MAX]);
  return {
    lines: [packed === undefined ? `${line}, no xz here` : `${line}, with xz -6 ${each(packed)}`],
    promises: shares.map(([what, bytes, most]) => {
      const share = records.panoptesBytes / bytes;
      return { what: `at most ${most} times ${what}`, value: times(share), isKept: share <= most };
    }),
  };
}

function outcomesText(outcomes: readonly Outcome[]): string {
  const usage = (used: Outcome['other']): string[] =>
    used === undefined
      ? ['', '', '']
      : [seconds(used.wallSeconds), seconds(used.cpuSeconds), megabytes(used.peakBytes)];
  const rows = outcomes.map(({ name, panoptes, other, peer, faster, wanted }) => [
    name,
    ...usage(panoptes),
    other === undefined ? '' : peer,
    ...usage(other),
    faster === undefined ? '' : times(faster),
    faster === undefined || wanted === undefined ? '' : times(wanted),
  ]);
  return tableText(['query', 'panoptes', 'cpu', 'memory', 'beside', 'wall', 'cpu', 'memory', 'faster', 'wanted'], rows);
}
