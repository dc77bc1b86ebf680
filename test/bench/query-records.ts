import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BENCH_FOLDER, captureOf } from './captures.ts';
import { measure } from './measure.ts';
import { originalSuite, PANOPTES, sumRecords } from './programs.ts';

/** The same records in the formats of both suites. */
export interface QueryRecords {
  readonly records: number;
  /** Undefined where the original is not installed. */
  readonly argus: string | undefined;
  readonly panoptes: string;
}

const PACKETS_PER_FLOW = 3;

/** Records of about so many flows, made once by the original probe, if there is one, and converted; else by ours. */
export async function queryRecords(flows: number): Promise<QueryRecords> {
  const capture = await captureOf('mixed', flows * PACKETS_PER_FLOW, flows);
  const suite = originalSuite();
  const path = (name: string): string => join(BENCH_FOLDER, `${capture.name}.query-${name}`);
  const [argus, panoptes] = [path('argus'), path(suite === undefined ? 'panoptes' : 'converted')];
  if (suite !== undefined) await made(argus, (to) => [...suite.argus, '-X', '-r', capture.path, '-w', to]);
  await made(panoptes, (to) =>
    suite === undefined
      ? [...PANOPTES.argus, '-X', '-r', capture.path, '-w', to]
      : [...PANOPTES.ra, '-X', '-r', argus, '-w', to],
  );
  const { records } = await sumRecords(PANOPTES, panoptes);
  return { records, panoptes, argus: suite === undefined ? undefined : argus };
}

async function made(path: string, command: (to: string) => readonly string[]): Promise<void> {
  if (existsSync(path)) return;
  const part = `${path}.part`;
  await rm(part, { force: true });
  await measure(command(part));
  await rename(part, path);
}
