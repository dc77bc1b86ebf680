import { encodeBatch } from '../../libs/codec/encode.ts';
import { checksumMatches } from '../../libs/codec/format.ts';
import { FrameSearch } from '../../libs/codec/frame-search.ts';
import { Random } from '../../libs/synthetic/random.ts';
import { batchOf } from '../support/batches.ts';
import { cpuMilliseconds } from '../support/cpu-clock.ts';
import { falseFrames } from '../support/false-frames.ts';
import { flowBatch } from '../support/flow-batch.ts';
import { Bytes } from './bytes.ts';
import type { FuzzResult } from './packets.ts';

/** Problems told; a broken search would fill memory with them. */
const PROBLEMS_MAX = 20;
/** A stream must not take longer; the slowest machines take a tenth of it. */
const MILLISECONDS_MAX = 2000;
const RUNS_A_TURN = 50;
const PARTS_MAX = 8;
const LEAD_BYTES_MAX = 4000;
/** Once in so many runs there are false frames, as many as fit into so many bytes. */
const CRAFTED_EVERY = 25;
const CRAFTED_BYTES_MAX = 1 << 21;

/** What came of a stream. */
interface Outcome {
  readonly frames: readonly Uint8Array[];
  /** All that is told of the rest. */
  readonly told: string;
  /** Bytes of frames and of what was passed over between them, and where the last frame ends. */
  readonly bytes: number;
  readonly offset: number;
  readonly isWhole: boolean;
}

/**
 * Searches streams of frames and of what looks like frames, whole and in pieces. A problem is a throw, a frame with a wrong checksum, bytes that are
 * neither in a frame nor told to be passed over, another result by other pieces, or too long a time.
 */
export async function fuzz(options: { seed: number; runs: number }): Promise<FuzzResult> {
  const random = new Random(options.seed);
  const seeds = seedFrames();
  const problems: string[] = [];
  let runs = 0;
  for (; runs < options.runs && problems.length < PROBLEMS_MAX; runs++) {
    const isCrafted = random.between(1, CRAFTED_EVERY) === 1;
    const stream = isCrafted ? crafted(seeds, random) : assembled(seeds, random);
    const trouble = tryStream(stream, random, isCrafted);
    if (trouble !== '') problems.push(`${trouble}: ${Buffer.from(stream.subarray(0, 400)).toString('hex')}`);
    if (runs % RUNS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return { runs, problems };
}

function seedFrames(): Uint8Array[] {
  return [
    encodeBatch(batchOf(0, {})),
    encodeBatch(batchOf(1, { stime: [5] })),
    encodeBatch(flowBatch({ rows: 30, seed: 1 })),
    encodeBatch(flowBatch({ rows: 1100, seed: 2 }), { zones: true }),
  ];
}

/** Frames one behind the other, some of them changed, cut or only begun, and other bytes between them. */
function assembled(seeds: readonly Uint8Array[], random: Random): Uint8Array {
  const bytes = new Bytes(random);
  const part = (): Uint8Array => {
    const frame = seeds[random.between(0, seeds.length - 1)]!;
    switch (random.between(0, 5)) {
      case 0:
        return bytes.mutated(frame);
      case 1:
        return frame.subarray(0, random.between(0, frame.length));
      case 2:
        return frame.subarray(random.between(0, frame.length));
      case 3:
        return falseFrames(random.between(frame.length, frame.length + 300), frame, anyFalse(seeds, random));
      default:
        return frame;
    }
  };
  return Buffer.concat(Array.from({ length: random.between(1, PARTS_MAX) }, part));
}

/** As many false frames as fit, and perhaps true ones between them. */
function crafted(seeds: readonly Uint8Array[], random: Random): Uint8Array {
  return falseFrames(random.between(1 << 16, CRAFTED_BYTES_MAX), seeds[0]!, anyFalse(seeds, random));
}

function anyFalse(seeds: readonly Uint8Array[], random: Random): Parameters<typeof falseFrames>[2] {
  const share = random.between(0, 12) / 10; // some go beyond the end
  const most = random.chance(0.5) ? 200 : Infinity;
  return {
    between: random.chance(0.5) ? seeds[random.between(0, 1)]! : Buffer.alloc(random.between(0, 50), 'PANO'),
    bodyBytes: (behind) => Math.min(Math.floor(behind * share), most),
    flags: random.between(0, 1),
    envelopeBytes: random.chance(0.5) ? 0 : random.between(0, 1 << 20),
  };
}

/** @param endsEarly whether it may be too much to be searched to the end, which depends on its pieces */
function tryStream(stream: Uint8Array, random: Random, endsEarly: boolean): string {
  const lead = random.chance(0.5) ? 0 : random.between(1, LEAD_BYTES_MAX);
  const startedMs = cpuMilliseconds();
  try {
    const whole = search([stream], lead);
    const inPieces = search(pieces(stream, random), lead);
    const milliseconds = cpuMilliseconds() - startedMs;
    if (milliseconds > MILLISECONDS_MAX) return `took ${milliseconds} ms for ${stream.length} bytes`;
    return troubleOf(whole, stream) || troubleOf(inPieces, stream) || (endsEarly ? '' : difference(whole, inPieces));
  } catch (error) {
    return `threw ${error instanceof Error ? error.stack : String(error)}`;
  }
}

function troubleOf({ frames, told, bytes, offset, isWhole }: Outcome, stream: Uint8Array): string {
  if (frames.some((frame) => !checksumMatches(frame))) return 'a frame has a wrong checksum';
  const isTold = bytes === offset && (!isWhole || offset === stream.length);
  return isTold ? '' : `of ${offset} bytes ${bytes} are told: ${told}`;
}

function difference(whole: Outcome, inPieces: Outcome): string {
  if (whole.told !== inPieces.told) return `in pieces it is ${inPieces.told}, and not ${whole.told}`;
  const isSame = Buffer.compare(Buffer.concat(whole.frames), Buffer.concat(inPieces.frames)) === 0;
  return isSame ? '' : 'other frames come in pieces';
}

function search(chunks: Iterable<Uint8Array>, lead: number): Outcome {
  const found = new FrameSearch(() => 0, lead);
  const frames: Uint8Array[] = [];
  for (const chunk of chunks) for (const frame of found.push(Uint8Array.from(chunk))) frames.push(frame.slice());
  for (const frame of found.end()) frames.push(frame.slice());
  const { loss, damage, offset } = found;
  const bytes = frames.reduce((sum, { length }) => sum + length, loss?.bytes ?? 0);
  return { frames, told: JSON.stringify({ loss, damage, offset }), bytes, offset, isWhole: damage === undefined };
}

/** The stream in pieces of about the same size. */
function* pieces(stream: Uint8Array, random: Random): Generator<Uint8Array> {
  const least = Math.ceil(stream.length / 2000);
  const most = Math.max(least, random.between(1, stream.length));
  for (let at = 0; at < stream.length;) yield stream.subarray(at, (at += random.between(least, most)));
}
