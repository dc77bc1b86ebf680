import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCapture, type CaptureTotals } from '../../libs/synthetic/capture-file.ts';
import type { PacketStream } from '../../libs/synthetic/frame.ts';
import { MergedStreams } from '../../libs/synthetic/merged-streams.ts';
import { SynFlood } from '../../libs/synthetic/syn-flood.ts';
import { allAtOnce, mixedTraffic } from '../../libs/synthetic/traffic.ts';
import { Visit } from '../../libs/synthetic/visit.ts';

/** A capture to measure with, and what is in it. */
export interface Capture extends CaptureTotals {
  readonly name: string;
  readonly path: string;
  readonly flows: number;
}

/** Goes up when the generator changes, so that old files are not taken for new ones. */
const EDITION = 3;
const SECONDS = 60;
const SEED = 20_260_101;

const SHAPES = {
  /** Flows come and go; a sixth of them is open at any time. */
  mixed: mixedTraffic,
  /** All flows are open all the time, and take turns at random. */
  'all-at-once': allAtOnce,
  flood: (options) => new SynFlood(options),
  visited,
} as const satisfies Record<
  string,
  (options: { packets: number; flows: number; seconds: number; seed: number }) => PacketStream
>;

/** Flows that begin in each second at most, where a long time is measured. */
const FLOWS_A_SECOND = 20_000;
const VISIT_CONNECTIONS = 100;

/** As much time as the flows need, and in the middle of it a host that comes for half a hundredth of that time. */
function visited(options: { packets: number; flows: number; seed: number }): PacketStream {
  const seconds = visitedSeconds(options.flows);
  const visit = { startUs: 0.5e6 * seconds, lengthUs: 0.005e6 * seconds, connections: VISIT_CONNECTIONS, seed: SEED };
  return new MergedStreams([mixedTraffic({ ...options, seconds }), new Visit(visit)]);
}

/** Length of a capture with a visit. */
export function visitedSeconds(flows: number): number {
  return Math.max(SECONDS, Math.ceil(flows / FLOWS_A_SECOND));
}

export type Shape = keyof typeof SHAPES;

export const SHAPE_NAMES = Object.keys(SHAPES) as readonly Shape[];

export const BENCH_FOLDER = join(tmpdir(), 'panoptes-bench');

/** The capture of this shape and size; written where an earlier run has not left it. */
export async function captureOf(shape: Shape, packets: number, flows: number): Promise<Capture> {
  const name = `${shape}-${packets}-${flows}-${EDITION}`;
  const path = join(BENCH_FOLDER, `${name}.pcap`);
  const totalsPath = join(BENCH_FOLDER, `${name}.json`);
  if (!existsSync(totalsPath) || !existsSync(path)) {
    await mkdir(BENCH_FOLDER, { recursive: true });
    console.error(`writing ${path} …`);
    const stream = SHAPES[shape]({ packets, flows, seconds: SECONDS, seed: SEED });
    const written = await writeCapture(`${path}.part`, stream);
    await rename(`${path}.part`, path);
    await writeFile(totalsPath, JSON.stringify(written));
  }
  const totals = JSON.parse(await readFile(totalsPath, 'utf8')) as CaptureTotals;
  return { name, path, flows, ...totals };
}
