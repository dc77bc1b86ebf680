import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NetLab } from '../support/netlab.ts';

/** What is sent: UDP packets of 60 bytes whose source address changes with each. */
export interface LiveTraffic {
  readonly name: string;
  /** Different flows, when at least so many packets are sent. */
  readonly flows: number;
  /** How many values the second, third and fourth byte of the source address take in turn: no two have a common factor. */
  readonly addressBytes: readonly [number, number, number];
}

export const LIVE_TRAFFIC: readonly LiveTraffic[] = [
  { name: '50 thousand flows', flows: 196 * 255, addressBytes: [1, 196, 255] },
  { name: 'each packet a new flow', flows: 251 * 253 * 255, addressBytes: [251, 253, 255] },
];

/** In trafgen's language; the counters run side by side, so together they repeat after the product of their lengths. */
function configuration({ addressBytes }: LiveTraffic): string {
  const address = addressBytes.map((count) => (count === 1 ? '0' : `dinc(0, ${count - 1})`)).join(', ');
  return `{
  0x02, 0, 0, 0, 0, 2, 0x02, 0, 0, 0, 0, 1, c16(0x0800),
  0x45, 0, c16(46), c16(0), c16(0), 64, 17, csumip(14, 33), 10, ${address}, 10, 99, 0, 9,
  c16(4000), c16(9), c16(26), c16(0), fill(0, 18)
}
`;
}

/**
 * Sends from one processor.
 * @param rate packets a second; as fast as it goes when absent
 * @returns seconds that it took
 */
export async function sendTraffic(
  lab: NetLab,
  folder: string,
  traffic: LiveTraffic,
  packets: number,
  rate?: number,
): Promise<number> {
  const path = join(folder, 'trafgen.cfg');
  writeFileSync(path, configuration(traffic));
  const started = performance.now();
  const pace = rate === undefined ? [] : ['-b', `${rate}pps`];
  await lab.run('a', ['trafgen', '-c', path, '-o', 'tx0', '-n', String(packets), '-P1', ...pace]);
  return (performance.now() - started) / 1000;
}
