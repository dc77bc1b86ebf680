import { existsSync } from 'node:fs';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CAPTURE_START_US } from '../../libs/synthetic/capture-file.ts';
import { BENCH_FOLDER, captureOf, visitedSeconds, type Capture } from './captures.ts';
import { measure } from './measure.ts';
import { originalSuite, PANOPTES, sumRecords, type RecordSums } from './programs.ts';

/** The same records in the formats of both suites. */
export interface QueryRecords extends RecordSums {
  readonly capture: Capture;
  /** Undefined where the original is not installed. */
  readonly argus: string | undefined;
  readonly panoptes: string;
  readonly argusBytes: number;
  readonly panoptesBytes: number;
  /** A hundredth of their time, from its middle, as `-t` takes it. */
  readonly range: string;
}

const PACKETS_PER_FLOW = 3;

/** Records of about so many flows, made once by the original probe, if there is one, and converted; else by ours. */
export async function queryRecords(flows: number): Promise<QueryRecords> {
  const capture = await captureOf('visited', flows * PACKETS_PER_FLOW, flows);
  const suite = originalSuite();
  const [argus, panoptes] = [madeOf(capture, 'argus'), madeOf(capture, suite === undefined ? 'panoptes' : 'converted')];
  if (suite !== undefined) await made(argus, (to) => [...suite.argus, '-X', '-r', capture.path, '-w', to]);
  await made(panoptes, (to) =>
    suite === undefined
      ? [...PANOPTES.argus, '-X', '-r', capture.path, '-w', to]
      : [...PANOPTES.ra, '-X', '-r', argus, '-w', to],
  );
  const seconds = visitedSeconds(flows);
  const from = Math.floor(CAPTURE_START_US / 1e6 + seconds / 2);
  return {
    ...(await sumsOf(panoptes)),
    capture,
    argus: suite === undefined ? undefined : argus,
    panoptes,
    argusBytes: suite === undefined ? 0 : (await stat(argus)).size,
    panoptesBytes: (await stat(panoptes)).size,
    range: `${from}-${from + Math.max(1, Math.round(seconds / 100))}`,
  };
}

/** Where what is made of a capture lies. */
export function madeOf(capture: Capture, name: string): string {
  return join(BENCH_FOLDER, `${capture.name}.query-${name}`);
}

/** Makes a file, or folder, by a command, unless an earlier run has. */
export async function made(path: string, command: (to: string) => readonly string[]): Promise<void> {
  if (existsSync(path)) return;
  console.error(`making ${path} …`);
  const part = `${path}.part`;
  await rm(part, { force: true, recursive: true });
  await measure(command(part));
  await rename(part, path);
}

async function sumsOf(path: string): Promise<RecordSums> {
  const kept = `${path}.json`;
  if (!existsSync(kept)) await writeFile(kept, JSON.stringify(await sumRecords(PANOPTES, path)));
  return JSON.parse(await readFile(kept, 'utf8')) as RecordSums;
}
