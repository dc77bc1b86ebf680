import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LiveProgram } from '../bench/live-program.ts';
import { PANOPTES, sumRecords } from '../bench/programs.ts';
import { writeCapture } from '../../libs/synthetic/capture-file.ts';
import { mixedTraffic } from '../../libs/synthetic/traffic.ts';
import { managementOf } from '../support/live-capture.ts';
import { NetLab, netLabMissing } from '../support/netlab.ts';

const PACKETS_A_SECOND = 50_000;
const CAPTURE_PACKETS = 500_000;
const CAPTURE_FLOWS = 20_000;
const SAMPLE_MS = 5000;
/** Memory is looked at from then on, or from a quarter of a shorter run. */
const WARM_UP_MINUTES = 5;
const SWING_SHARE_MAX = 0.05;
const DRIFT_US_MAX = 1000;

/** A probe that watches mixed traffic for so long. @returns false when it lost packets unsaid, grew, or its times drifted */
export async function soakLive(minutes: number): Promise<boolean> {
  const missing = netLabMissing();
  if (missing !== undefined) {
    console.error(`live: ${missing}`);
    return false;
  }
  const folder = mkdtempSync(join(tmpdir(), 'soak-live-'));
  try {
    const pcap = join(folder, 'mixed.pcap');
    const shape = { packets: CAPTURE_PACKETS, flows: CAPTURE_FLOWS, seconds: 10, seed: 11 };
    await writeCapture(pcap, mixedTraffic(shape));
    await using lab = await NetLab.create();
    const output = join(folder, 'records');
    const command = [...PANOPTES.argus, '-X', '-i', 'rx0', '-M', '0.5', '-w', output];
    const program = await LiveProgram.start(lab, command);
    const loops = Math.max(1, Math.round((minutes * 60 * PACKETS_A_SECOND) / CAPTURE_PACKETS));
    const pace = ['-p', String(PACKETS_A_SECOND), '--loop', String(loops), '-K'];
    let isSent = false;
    const sent = lab.run('a', ['tcpreplay', '-q', '-i', 'tx0', ...pace, pcap]).finally(() => (isSent = true));
    const memory = await sampleMemory(program, minutes, () => isSent);
    await sent;
    await program.settle();
    const received = await lab.rxPackets();
    const cpuSeconds = await program.stop();
    return await judge(output, received, memory, cpuSeconds);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Resident bytes after the warm-up, in order. */
async function sampleMemory(program: LiveProgram, minutes: number, isOver: () => boolean): Promise<number[]> {
  const from = performance.now() + Math.min(WARM_UP_MINUTES, minutes / 4) * 60_000;
  const samples: number[] = [];
  while (!isOver()) {
    if (performance.now() >= from) samples.push(program.residentBytes());
    await delay(SAMPLE_MS);
  }
  return samples;
}

async function judge(output: string, received: number, memory: number[], cpuSeconds: number): Promise<boolean> {
  const { packets, records } = await sumRecords(PANOPTES, output);
  const management = await managementOf(output);
  const stop = management.at(-1) ?? {};
  const dropped = Number(stop['mkdrops']) + Number(stop['mdrops']);
  const unaccounted = received - packets - dropped;
  const quarter = Math.max(1, memory.length >> 2);
  const [first, last] = [mean(memory.slice(0, quarter)), mean(memory.slice(-quarter))];
  const middle = mean(memory);
  const swing = Math.max(Math.max(...memory) / middle - 1, 1 - Math.min(...memory) / middle);
  // How far the clock is ahead of the last packet, when the record is made while packets come.
  const ahead = management
    .slice(1, -1)
    .map((record) => Number(record['mclock']))
    .filter(Number.isFinite);
  const half = ahead.length >> 1; // the least of each half: what is more is only the wait in the ring
  const drift = half === 0 ? Number.NaN : Math.min(...ahead.slice(half)) - Math.min(...ahead.slice(0, half));
  const checks: readonly [boolean, string][] = [
    [unaccounted === 0, `${received} packets came, ${packets} in ${records} records, ${dropped} drops said`],
    [
      swing <= SWING_SHARE_MAX,
      `memory ${mb(middle)} ± ${(100 * swing).toFixed(1)} % after warm-up, ${mb(first)} at first, ${mb(last)} at the end`,
    ],
    [Math.abs(drift) <= DRIFT_US_MAX, `times drifted by ${drift} µs against the clock`],
  ];
  for (const [isGood, text] of checks) console.log(`live: ${isGood ? 'good' : 'BAD'}: ${text}`);
  console.log(`live: ${cpuSeconds.toFixed(1)} s of CPU; memory samples ${memory.map(mb).join(' ')}`);
  return checks.every(([isGood]) => isGood);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
