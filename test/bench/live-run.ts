import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NetLab } from '../support/netlab.ts';
import { LiveProgram } from './live-program.ts';
import { originalSuite, PANOPTES, sumRecords, type Suite } from './programs.ts';
import { sendTraffic, type LiveTraffic } from './trafgen.ts';

/** What a program makes of the packets that came. */
export interface Accounts {
  /** Packets that are in records, or were captured. */
  readonly packets: number;
  /** Packets that it says were dropped; undefined when it does not say. */
  readonly dropped: number | undefined;
}

export interface Contender {
  readonly name: string;
  command(output: string): readonly string[];
  /** Packet sockets that it receives with. */
  readonly sockets: number;
  accounts(output: string, errors: string): Promise<Accounts>;
}

export interface LiveRun extends Accounts {
  /** Packets that the interface counted. */
  readonly received: number;
  readonly cpuSeconds: number;
  readonly sendSeconds: number;
}

export function contenders(): Contender[] {
  const original = originalSuite();
  return [
    panoptes('panoptes', 1),
    panoptes('2 workers', 2),
    ...(original === undefined ? [] : [argus(original)]),
    TCPDUMP,
  ];
}

function panoptes(name: string, workers: number): Contender {
  const command = [...PANOPTES.argus, '-X', '-i', 'rx0', '--workers', String(workers), '-w'];
  return {
    name,
    command: (output) => [...command, output],
    sockets: workers,
    accounts: async (output) => ({
      packets: (await sumRecords(PANOPTES, output)).packets,
      dropped: droppedByRecord(output),
    }),
  };
}

/** Losses of our stop records. */
function droppedByRecord(path: string): number {
  const args = [...PANOPTES.ra.slice(1), '-X', '-r', path, '-M', 'json', '-', 'man'];
  const lines = spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout.trim().split('\n');
  const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const stops = records.filter((record) => record['cause'] === 'Stop');
  if (stops.length === 0) throw new Error(`${path} has no stop record`);
  let dropped = 0;
  for (const stop of stops) for (const field of ['mkdrops', 'mdrops', 'mfiltered']) dropped += Number(stop[field]);
  return dropped;
}

function argus(suite: Suite): Contender {
  return {
    name: 'argus',
    command: (output) => [...suite.argus, '-X', '-i', 'rx0', '-w', output],
    sockets: 1,
    accounts: async (output) => ({ packets: (await sumRecords(suite, output)).packets, dropped: undefined }),
  };
}

const TCPDUMP: Contender = {
  name: 'tcpdump',
  command: () => ['tcpdump', '-i', 'rx0', '-B', '65536', '-w', '/dev/null'],
  sockets: 1,
  accounts: (_, errors) => {
    const count = (what: string): number => Number(new RegExp(`(\\d+) packets? ${what}`).exec(errors)?.[1]);
    return Promise.resolve({ packets: count('captured'), dropped: count('dropped by kernel') });
  },
};

/** One run of one program, in a lab of its own. */
export async function liveRun(contender: Contender, traffic: LiveTraffic, packets: number): Promise<LiveRun> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-live-'));
  try {
    await using lab = await NetLab.create();
    const output = join(folder, 'records');
    const program = await LiveProgram.start(lab, contender.command(output), contender.sockets);
    const before = await lab.rxPackets();
    const sendSeconds = await sendTraffic(lab, folder, traffic, packets);
    await program.settle();
    const received = (await lab.rxPackets()) - before;
    const cpuSeconds = await program.stop();
    return { received, cpuSeconds, sendSeconds, ...(await contender.accounts(output, program.errors)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
