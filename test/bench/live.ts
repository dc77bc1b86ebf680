import { netLabMissing } from '../support/netlab.ts';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { contenders, liveRun, type Contender, type LiveRun } from './live-run.ts';
import { median } from './measure.ts';
import { promisesText, type Promised } from './report.ts';
import { seconds, tableText } from './table.ts';
import { LIVE_TRAFFIC, type LiveTraffic } from './trafgen.ts';

const ROUNDS = 5;
const PACKETS = 2_000_000;
/** We may lose so much more than tcpdump, as a share of the packets. */
const EXTRA_LOSS_MAX = 0.001;
/** And use so much of argus's time for each packet that is in a record. */
const CPU_SHARE_MAX = 0.5;

interface Outcome {
  readonly name: string;
  readonly runs: readonly LiveRun[];
}

export const LIVE_BENCH: Bench = {
  name: 'live',
  about: 'packets that trafgen sends over a cable between two namespaces, beside argus and tcpdump (root)',
  async run({ rounds = ROUNDS, packets = PACKETS }: BenchOptions): Promise<BenchResult> {
    const missing = netLabMissing();
    if (missing !== undefined) return { text: `live: not run: ${missing}`, json: { missing }, isGood: false };
    const texts: string[] = [];
    const json: Record<string, object> = {};
    let isGood = true;
    for (const traffic of LIVE_TRAFFIC) {
      const outcomes = await compare(contenders(), traffic, rounds, packets);
      const promises = promised(outcomes);
      texts.push(`${outcomesText(traffic, packets, outcomes)}\n${promisesText(promises)}`);
      json[traffic.name] = { outcomes, promises };
      isGood &&= outcomes.every(({ name, runs }) => !isOurs(name) || runs.every((run) => unaccounted(run) === 0));
    }
    return { text: texts.join('\n\n'), json, isGood };
  },
};

async function compare(
  programs: readonly Contender[],
  traffic: LiveTraffic,
  rounds: number,
  packets: number,
): Promise<Outcome[]> {
  const outcomes = programs.map(({ name }) => ({ name, runs: [] as LiveRun[] }));
  for (let round = 0; round < rounds; round++) {
    for (const [i, program] of programs.entries()) outcomes[i]!.runs.push(await liveRun(program, traffic, packets));
  }
  return outcomes;
}

function isOurs(name: string): boolean {
  return name !== 'argus' && name !== 'tcpdump';
}

/** Packets that came, and are neither in a record nor in a count of losses. */
function unaccounted({ received, packets, dropped = 0 }: LiveRun): number {
  return received - packets - dropped;
}

function lossShare({ received, packets }: LiveRun): number {
  return (received - packets) / received;
}

function cpuPerMillion({ cpuSeconds, packets }: LiveRun): number {
  return (cpuSeconds / packets) * 1e6;
}

function middle({ runs }: Outcome, value: (run: LiveRun) => number): number {
  return median(runs.map(value));
}

/** Of the values of all runs the one furthest from zero: a mean would hide a single packet. */
function worst({ runs }: Outcome, value: (run: LiveRun) => number): number {
  return runs.map(value).reduce((most, one) => (Math.abs(one) > Math.abs(most) ? one : most));
}

function outcomesText(traffic: LiveTraffic, packets: number, outcomes: readonly Outcome[]): string {
  const percent = (value: number): string => `${(value * 100).toFixed(3)} %`;
  const rows: readonly [string, (outcome: Outcome) => string][] = [
    ['packets/s sent', (o) => Math.round(middle(o, (r) => r.received / r.sendSeconds)).toString()],
    ['packets that came', (o) => middle(o, (r) => r.received).toString()],
    ['packets in records', (o) => middle(o, (r) => r.packets).toString()],
    ['lost', (o) => percent(middle(o, lossShare))],
    ['lost, at worst', (o) => percent(worst(o, lossShare))],
    ['drops that are said', (o) => (o.name === 'argus' ? '-' : middle(o, (r) => r.dropped ?? 0).toString())],
    ['unaccounted, at worst', (o) => worst(o, unaccounted).toString()],
    ['CPU time', (o) => seconds(middle(o, (r) => r.cpuSeconds))],
    ['CPU/million in records', (o) => seconds(middle(o, cpuPerMillion))],
  ];
  const lines = rows.map(([name, text]) => [name, ...outcomes.map(text)]);
  const heading = [traffic.name, ...outcomes.map(({ name }) => name)];
  return `${tableText(heading, lines)}\n(${packets} packets, medians of ${outcomes[0]?.runs.length ?? 0})`;
}

function promised(outcomes: readonly Outcome[]): Promised[] {
  const find = (wanted: string): Outcome | undefined => outcomes.find(({ name }) => name === wanted);
  const [ours, argus, tcpdump] = [find('panoptes')!, find('argus'), find('tcpdump')];
  const silent = Math.max(...outcomes.filter(({ name }) => isOurs(name)).map((o) => Math.abs(worst(o, unaccounted))));
  const promises = [{ what: 'packets unaccounted', value: String(silent), isKept: silent === 0 }];
  if (tcpdump !== undefined) {
    const extra = middle(ours, lossShare) - middle(tcpdump, lossShare);
    const value = `${(extra * 100).toFixed(3)} %`;
    promises.push({ what: 'loss beyond that of tcpdump', value, isKept: extra <= EXTRA_LOSS_MAX });
  }
  if (argus !== undefined) {
    const share = middle(ours, cpuPerMillion) / middle(argus, cpuPerMillion);
    promises.push({ what: 'CPU of that of argus', value: share.toFixed(2), isKept: share <= CPU_SHARE_MAX });
  }
  return promises;
}
