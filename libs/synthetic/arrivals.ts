import { FLOW_KINDS, type FlowKind } from './kinds.ts';
import type { Random } from './random.ts';

/** A flow that is about to begin. */
export interface Arrival {
  readonly kind: FlowKind;
  /** When its first packet is due, in µs since the stream's start. */
  readonly startUs: number;
  /** When its last packet is due at the latest. */
  readonly endUs: number;
  /** At least 1. */
  readonly packets: number;
}

/** Which flows begin, in the order of their starts. */
export interface Arrivals {
  /** Most flows that there will be; Infinity for a stream without end. */
  readonly flowsMax: number;
  next(random: Random): Arrival | undefined;
}

/** Shortest and longest flow; all lengths between are as likely. */
export type Seconds = readonly [least: number, most: number];

const FIXED_KINDS = FLOW_KINDS.filter((kind) => kind.packets !== undefined);
const FIXED_SHARE = FIXED_KINDS.reduce((sum, kind) => sum + kind.perMille, 0) / 1000;
const FIXED_MEAN =
  FIXED_KINDS.reduce((sum, kind) => sum + kind.perMille * (kind.packets ?? 0), 0) / (1000 * FIXED_SHARE);

/** So many flows with so many packets in all, spread evenly over a time. */
export class CountedArrivals implements Arrivals {
  readonly flowsMax: number;
  readonly #endUs: number;
  readonly #arriveByUs: number;
  readonly #lasting: Seconds;
  #flows: number;
  #packets: number;
  #startUs = 0;

  /**
   * @param options.packets at least one a flow
   * @param options.seconds the last packet is due by then
   * @param options.arriveSeconds all flows have begun by then; `seconds` when absent
   * @param options.lasting how long flows last, where the end comes no earlier
   */
  constructor(options: { flows: number; packets: number; seconds: number; arriveSeconds?: number; lasting: Seconds }) {
    if (!(options.flows >= 1 && options.packets >= options.flows)) throw new RangeError('fewer packets than flows');
    this.flowsMax = options.flows;
    this.#flows = options.flows;
    this.#packets = options.packets;
    this.#endUs = Math.floor(options.seconds * 1e6);
    this.#arriveByUs = (options.arriveSeconds ?? options.seconds) * 1e6;
    this.#lasting = options.lasting;
  }

  next(random: Random): Arrival | undefined {
    if (this.#flows === 0) return undefined;
    // The least of so many even draws from what is left of the time.
    const share = 1 - random.fraction() ** (1 / this.#flows);
    this.#startUs += (this.#arriveByUs - this.#startUs) * share;
    this.#flows -= 1;
    const kind = this.#flows === 0 ? FLOW_KINDS[0]! : anyKind(random);
    const packets = this.#packetsOf(kind, random);
    this.#packets -= packets;
    const startUs = Math.floor(this.#startUs);
    return { kind, packets, startUs, endUs: Math.min(this.#endUs, startUs + lengthUs(this.#lasting, random)) };
  }

  /** Leaves one packet at least for each flow to come, and none when there is none. */
  #packetsOf(kind: FlowKind, random: Random): number {
    if (this.#flows === 0) return this.#packets;
    const most = this.#packets - this.#flows;
    const flows = this.#flows + 1;
    const mean = (this.#packets - flows * FIXED_SHARE * FIXED_MEAN) / (flows * (1 - FIXED_SHARE));
    return Math.min(most, kind.packets ?? heavyTailed(mean, random));
  }
}

/** Flows without end, so many packets a second in the long run. */
export class EndlessArrivals implements Arrivals {
  readonly flowsMax = Infinity;
  readonly #gapUs: number;
  readonly #mean: number;
  readonly #lasting: Seconds;
  #startUs = 0;

  /** @param options.packetsPerFlow mean of those kinds whose nature does not fix it */
  constructor(options: { packetsPerSecond: number; packetsPerFlow: number; lasting: Seconds }) {
    this.#mean = options.packetsPerFlow;
    this.#lasting = options.lasting;
    const perFlow = FIXED_SHARE * FIXED_MEAN + (1 - FIXED_SHARE) * this.#mean;
    this.#gapUs = (1e6 * perFlow) / options.packetsPerSecond;
  }

  next(random: Random): Arrival {
    this.#startUs += -Math.log(1 - random.fraction()) * this.#gapUs;
    const kind = anyKind(random);
    const startUs = Math.floor(this.#startUs);
    return {
      kind,
      packets: kind.packets ?? heavyTailed(this.#mean, random),
      startUs,
      endUs: startUs + lengthUs(this.#lasting, random),
    };
  }
}

function anyKind(random: Random): FlowKind {
  let draw = random.between(0, 999);
  for (const kind of FLOW_KINDS) {
    draw -= kind.perMille;
    if (draw < 0) return kind;
  }
  throw new RangeError('the kinds of flows do not add up to a thousand');
}

/** Most flows are small and few are very large: a Pareto distribution with this mean, cut at its hundredfold. */
function heavyTailed(mean: number, random: Random): number {
  const factor = Math.min(100, 0.3 * (1 - random.fraction()) ** -0.7);
  return Math.max(1, Math.round(mean * factor));
}

function lengthUs([least, most]: Seconds, random: Random): number {
  return Math.floor(1e6 * (least + (most - least) * random.fraction()));
}
