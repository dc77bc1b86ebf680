import { decodePacket } from '../../libs/packet/decode.ts';
import { Headers } from '../../libs/packet/headers.ts';
import { PROBLEM_NAMES } from '../../libs/packet/problems.ts';
import { SAMPLES, type Sample } from '../packet/samples.ts';
import { seedPackets } from './seeds.ts';

const ROOM_BYTES = 4096;
/** Problems told; a broken decoder would fill memory with them. */
const PROBLEMS_MAX = 20;
const RUNS_A_TURN = 10_000;
const INTERESTING = [0, 1, 0x7f, 0x80, 0xff, 4, 5, 6, 0x45, 0x46, 0x60];

export interface FuzzResult {
  runs: number;
  problems: string[];
  /** The longest that one of them takes. */
  slowestUs?: number;
}

/** Decodes mutated packets of every kind; a problem is a throw or a result that cannot be. */
export async function fuzz(options: { seed: number; runs: number }): Promise<FuzzResult> {
  const mutate = mutator(options.seed, await seedPackets());
  const view = new DataView(new ArrayBuffer(ROOM_BYTES));
  const headers = new Headers();
  const problems: string[] = [];
  let runs = 0;
  let slowestUs = 0;
  for (; runs < options.runs && problems.length < PROBLEMS_MAX; runs++) {
    const { length, wireBytes, linkType } = mutate(view);
    const started = performance.now();
    const trouble = decodeOne(view, length, wireBytes, linkType, headers);
    if (1000 * (performance.now() - started) > slowestUs) {
      const us = leastUs(() => decodePacket(view, 0, length, wireBytes, linkType, headers));
      slowestUs = Math.max(slowestUs, us);
    }
    if (trouble !== '') problems.push(`link type ${linkType}, wire ${wireBytes}, ${trouble}: ${hex(view, length)}`);
    if (runs % RUNS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return { runs, problems, slowestUs };
}

/** How long the work takes when nothing else comes between, µs. */
function leastUs(work: () => void): number {
  let least = Infinity;
  for (let turn = 0; turn < 50; turn++) {
    const started = performance.now();
    work();
    least = Math.min(least, 1000 * (performance.now() - started));
  }
  return least;
}

export interface Mutant {
  length: number;
  wireBytes: number;
  linkType: number;
}

/** A source of mutants: each call writes one at the start of `view` and tells about it, in one reused object. */
export function mutator(seed: number, samples: readonly Sample[] = SAMPLES): (view: DataView) => Mutant {
  const next = xorshift(seed);
  const linkTypes = [...new Set(samples.map((sample) => sample.linkType))];
  const mutant: Mutant = { length: 0, wireBytes: 0, linkType: 0 };
  return (view) => {
    const sample = samples[next() % samples.length]!;
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    mutant.length = splice(bytes, sample, samples, next);
    for (let changes = next() % 6; changes > 0 && mutant.length > 0; changes--)
      change(bytes, next() % mutant.length, next);
    if (next() % 4 === 0) mutant.length = next() % (mutant.length + 1);
    mutant.wireBytes = next() % 4 === 0 ? next() % 70_000 : mutant.length;
    mutant.linkType = next() % 16 === 0 ? linkTypes[next() % linkTypes.length]! : sample.linkType;
    return mutant;
  };
}

/** The sample, now and then with the rest of another one put into it. */
function splice(bytes: Uint8Array, sample: Sample, samples: readonly Sample[], next: () => number): number {
  bytes.set(sample.bytes);
  if (next() % 4 !== 0) return sample.bytes.length;
  const other = samples[next() % samples.length]!.bytes;
  const at = next() % sample.bytes.length;
  const from = next() % other.length;
  bytes.set(other.subarray(from), at);
  return at + other.length - from;
}

function change(bytes: Uint8Array, at: number, next: () => number): void {
  const random = next();
  bytes[at] = random % 3 === 0 ? bytes[at]! ^ (1 << (random >>> 8) % 8) : random % 3 === 1 ? INTERESTING[(random >>> 8) % INTERESTING.length]! : random >>> 8; // prettier-ignore
}

function decodeOne(view: DataView, length: number, wireBytes: number, linkType: number, headers: Headers): string {
  try {
    decodePacket(view, 0, length, wireBytes, linkType, headers);
  } catch (error) {
    return `threw ${String(error)}`;
  }
  if (PROBLEM_NAMES[headers.problem] === undefined) return `problem ${headers.problem} has no name`;
  if (headers.payloadOffset > headers.payloadEnd || headers.payloadEnd > length) return 'payload outside the packet';
  if (headers.payloadBytes < 0 || headers.payloadBytes > 1 << 29) return `payload of ${headers.payloadBytes} bytes`;
  return '';
}

function hex(view: DataView, length: number): string {
  return Buffer.from(view.buffer, view.byteOffset, length).toString('hex');
}

/** Marsaglia's xorshift32: unsigned numbers, the same ones for the same seed. */
function xorshift(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
