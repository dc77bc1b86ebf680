import { Agenda } from './agenda.ts';
import { CountedArrivals, EndlessArrivals, type Arrival, type Arrivals } from './arrivals.ts';
import type { Conversation } from './conversation.ts';
import type { Frame, PacketStream } from './frame.ts';
import { placeBits, placeOf } from './path.ts';
import { Random, shuffled } from './random.ts';

/** A flow under way. */
interface OpenFlow {
  readonly conversation: Conversation;
  readonly endUs: number;
  /** Between its first packets; 0 where they are as far apart as the others. */
  readonly roundTripUs: number;
  written: number;
  /** Packets still to come. */
  left: number;
}

/** So many gaps of a flow are round trips: a handshake's, or one question's and its answer's. */
const ROUND_TRIPS = 2;
const ROUND_TRIP_US = [200, 60_000] as const;

/** Of five packets four follow close upon the one before; the fifth comes after a pause. */
const PAUSE_SHARE = 0.2;
const PAUSE = 4.2;
const CLOSE = 0.2;
/** Of what is left of the flow's time one gap takes no more, so that the packets after it have some, too. */
const GAP_SHARE_MAX = 0.8;

/**
 * Believable traffic of a local network: many flows at once, their packets mixed in the order of time. The same
 * arrivals and seed give the same packets. No two flows have the same key while there are fewer than 16,384 a client.
 */
export class Traffic implements PacketStream {
  readonly #arrivals: Arrivals;
  readonly #random: Random;
  readonly #seed: number;
  readonly #placeBits: number;
  readonly #isPrompt: boolean;
  readonly #agenda = new Agenda<OpenFlow>();
  #next: Arrival | undefined;
  #opened = 0;

  /**
   * @param options.clients hosts of the network, at most 65,536; rounded up to a power of two
   * @param options.isPrompt answers come after a round trip, as they do; when false a flow's packets lie evenly
   */
  constructor(options: { arrivals: Arrivals; clients: number; seed: number; isPrompt?: boolean }) {
    this.#arrivals = options.arrivals;
    this.#seed = options.seed;
    this.#placeBits = placeBits(options.clients);
    this.#isPrompt = options.isPrompt ?? true;
    this.#random = new Random(options.seed);
    this.#next = this.#arrivals.next(this.#random);
  }

  get dueUs(): number {
    return Math.min(this.#agenda.dueUs, this.#next?.startUs ?? Infinity);
  }

  write(frame: Frame): void {
    if (this.#next !== undefined && this.#next.startUs <= this.#agenda.dueUs) this.#open(this.#next);
    const flow = this.#agenda.first;
    if (flow === undefined) throw new RangeError('the stream has ended');
    const nowUs = this.#agenda.dueUs;
    flow.conversation.write(frame, nowUs, this.#random);
    flow.written += 1;
    flow.left -= 1;
    if (flow.left === 0) this.#agenda.drop();
    else this.#agenda.postpone(nowUs + this.#gapUs(flow, nowUs));
  }

  #open(arrival: Arrival): void {
    const { kind, packets, startUs, endUs } = arrival;
    const number = this.#opened++ % 2 ** this.#placeBits;
    const place = placeOf(shuffled(number, this.#placeBits, this.#seed));
    const hasRoundTrips = this.#isPrompt && kind.isUnanswered !== true;
    this.#agenda.add(startUs, {
      conversation: kind.open(place, packets, this.#random),
      endUs,
      roundTripUs: hasRoundTrips ? this.#random.between(...ROUND_TRIP_US) : 0,
      written: 0,
      left: packets,
    });
    this.#next = this.#arrivals.next(this.#random);
  }

  /** Until the flow's next packet, so that the last one comes before the flow's end. */
  #gapUs(flow: OpenFlow, nowUs: number): number {
    const restUs = flow.endUs - nowUs;
    const burst = this.#random.chance(PAUSE_SHARE) ? PAUSE : CLOSE;
    const isRoundTrip = flow.written <= ROUND_TRIPS && flow.roundTripUs > 0;
    const meanUs = isRoundTrip ? flow.roundTripUs : (restUs / flow.left) * burst;
    return Math.floor(Math.min(GAP_SHARE_MAX * restUs, meanUs * (0.5 + this.#random.fraction())));
  }
}

/** The mix for measuring: flows come and go, and last from 50 ms to 20 s. */
export function mixedTraffic(options: { packets: number; flows: number; seconds: number; seed: number }): Traffic {
  const arrivals = new CountedArrivals({ ...options, lasting: [0.05, 20] });
  return new Traffic({ arrivals, clients: 8192, seed: options.seed });
}

/** Every flow begins in the first tenth of the time and lasts to its end. */
export function allAtOnce(options: { packets: number; flows: number; seconds: number; seed: number }): Traffic {
  const { seconds, seed } = options;
  const arrivals = new CountedArrivals({ ...options, arriveSeconds: seconds / 10, lasting: [seconds, seconds] });
  return new Traffic({ arrivals, clients: 8192, seed, isPrompt: false });
}

/** What a small office sends, without end. */
export function officeTraffic(options: { packetsPerSecond: number; seed: number }): Traffic {
  const { packetsPerSecond, seed } = options;
  const arrivals = new EndlessArrivals({ packetsPerSecond, packetsPerFlow: 20, lasting: [0.05, 5] });
  return new Traffic({ arrivals, clients: 32, seed });
}
