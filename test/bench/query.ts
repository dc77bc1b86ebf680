import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../tidy/tree.ts';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { BENCH_FOLDER } from './captures.ts';
import { measure, median, type Usage } from './measure.ts';
import { executable } from './programs.ts';
import { QUERY_CASES, type QueryCase } from './query-cases.ts';
import { queryRecords, type QueryRecords } from './query-records.ts';
import { megabytes, seconds, tableText, times } from './table.ts';

const ROUNDS = 3;
const FLOWS = 2_000_000;

export const QUERY_BENCH: Bench = {
  name: 'query',
  about: 'what sorting, counting and merging records takes, beside the original on the same ones; --packets is how many flows they are of', // prettier-ignore
  run: queryBench,
};

interface Outcome {
  readonly name: string;
  readonly wanted: number;
  readonly panoptes: Usage;
  /** Undefined where there is nothing to compare with. */
  readonly argus: Usage | undefined;
}

async function queryBench(options: BenchOptions): Promise<BenchResult> {
  const records = await queryRecords(options.packets ?? FLOWS);
  const outcomes: Outcome[] = [];
  for (const one of QUERY_CASES) outcomes.push(await ask(one, records, options.rounds ?? ROUNDS));
  const rows = outcomes.map(({ name, wanted, panoptes, argus }) => [
    name,
    seconds(panoptes.wallSeconds),
    seconds(panoptes.cpuSeconds),
    megabytes(panoptes.peakBytes),
    argus === undefined ? '' : seconds(argus.wallSeconds),
    argus === undefined ? '' : seconds(argus.cpuSeconds),
    argus === undefined ? '' : megabytes(argus.peakBytes),
    argus === undefined ? '' : times(argus.wallSeconds / panoptes.wallSeconds),
    argus === undefined ? '' : times(wanted),
  ]);
  const heading = ['query', 'panoptes', 'cpu', 'memory', 'argus', 'cpu', 'memory', 'faster', 'wanted'];
  const text = `${records.records} records\n${tableText(heading, rows)}`;
  return { text, json: { records: records.records, queries: outcomes }, isGood: true };
}

async function ask(query: QueryCase, records: QueryRecords, rounds: number): Promise<Outcome> {
  const original = query.isOwn === true || records.argus === undefined ? undefined : executable(query.program);
  const output = join(BENCH_FOLDER, 'query-output');
  const words = (file: string): string[] => ['-X', '-r', file, ...query.args.map((word) => (word === 'OUTPUT' ? output : word))]; // prettier-ignore
  const ours = [process.execPath, join(ROOT, 'dist/bin', query.program), ...words(records.panoptes)];
  const theirs = original === undefined ? undefined : [original, ...words(records.argus!)];
  const runs = { panoptes: [] as Usage[], argus: [] as Usage[] };
  for (let round = 0; round < rounds; round++) {
    for (const [name, command] of [
      ['panoptes', ours],
      ['argus', theirs],
    ] as const) {
      if (command === undefined) continue;
      await rm(output, { force: true });
      runs[name].push(await measure(command));
    }
    console.error(`${query.name} round ${round + 1}`);
  }
  await rm(output, { force: true });
  const { name, wanted } = query;
  return {
    name,
    wanted,
    panoptes: middle(runs.panoptes),
    argus: theirs === undefined ? undefined : middle(runs.argus),
  };
}

function middle(runs: readonly Usage[]): Usage {
  return {
    wallSeconds: median(runs.map((run) => run.wallSeconds)),
    cpuSeconds: median(runs.map((run) => run.cpuSeconds)),
    peakBytes: Math.max(...runs.map((run) => run.peakBytes)),
  };
}
