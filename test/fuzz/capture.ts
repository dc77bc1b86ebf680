import { gzipSync } from 'node:zlib';
import { compress } from 'zstd-napi';
import { bpfFilter } from '../../libs/capture/bpf-filter.ts';
import { bpfProblem, type BpfInstruction } from '../../libs/capture/bpf.ts';
import { CAPTURED_BYTES_MAX } from '../../libs/capture/capture-format.ts';
import type { PacketFilter } from '../../libs/capture/source.ts';
import { InputError } from '../../libs/core/errors.ts';
import { Random } from '../../libs/synthetic/random.ts';
import { SAMPLES } from '../packet/samples.ts';
import { pcapFile, pcapngFile } from '../support/pcap-writer.ts';
import { readCapture, type ReadPacket } from '../support/read-capture.ts';
import type { FuzzResult } from './packets.ts';
import { cpuMilliseconds } from '../support/cpu-clock.ts';

/** Problems told; a broken reader would fill memory with them. */
const PROBLEMS_MAX = 20;
/** Reading a few kilobytes must not take longer; the slowest machines take a hundredth of it. */
const MILLISECONDS_MAX = 2000;

/** Lengths, counts and magic numbers that parsers have stumbled over. */
const WORDS = [
  0, 1, 3, 4, 6, 9, 11, 12, 14, 28, 0xff, 0xffff, 0x10000, 0xffffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff,
  0x0a0d0d0a, 0x1a2b3c4d,
]; // prettier-ignore

/**
 * Reads mutated pcap and pcapng files, packed or not, whole and in pieces, and filters their packets with random programs. A
 * problem is a throw but an `InputError`, a packet that cannot be, a result that depends on the pieces, or a long wait.
 */
export async function fuzz(options: { seed: number; runs: number }): Promise<FuzzResult> {
  const random = new Random(options.seed);
  const problems: string[] = [];
  let runs = 0;
  for (; runs < options.runs && problems.length < PROBLEMS_MAX; runs++) {
    const file = packedFile(random);
    const pieceBytes = 1 + random.between(0, random.chance(0.5) ? 40 : 2000);
    const filter = randomFilter(random);
    const start = cpuMilliseconds();
    const trouble = await readOne(file, pieceBytes, filter);
    const milliseconds = cpuMilliseconds() - start;
    if (trouble !== '') problems.push(`run ${runs}, pieces of ${pieceBytes}, ${trouble}: ${hex(file)}`);
    if (milliseconds > MILLISECONDS_MAX) problems.push(`run ${runs} took ${milliseconds} ms: ${hex(file)}`);
  }
  return { runs, problems };
}

async function readOne(file: Uint8Array, pieceBytes: number, filter: PacketFilter | undefined): Promise<string> {
  const options = filter === undefined ? {} : { filter: () => filter };
  try {
    const whole = await readCapture(file, file.length, options);
    const inPieces = await readCapture(file, pieceBytes, options);
    if (JSON.stringify(whole) !== JSON.stringify(inPieces)) return 'it depends on the pieces';
    return whole.packets.every(isSound) ? '' : 'an impossible packet';
  } catch (error) {
    return error instanceof InputError ? '' : `threw ${String(error)}`;
  }
}

function isSound({ hex: bytes, timeUs, timeNs, wire }: ReadPacket): boolean {
  const captured = bytes.length / 2;
  const isTime = Number.isSafeInteger(timeUs) && timeNs >= 0 && timeNs <= 999;
  return captured <= CAPTURED_BYTES_MAX && wire >= captured && isTime;
}

/** A mutated file, now and then packed and mutated once more. */
function packedFile(random: Random): Uint8Array {
  const file = mutated(plainFile(random), random);
  if (random.chance(0.7)) return file;
  return mutated(Uint8Array.from(random.chance(0.5) ? gzipSync(file) : compress(file)), random);
}

function plainFile(random: Random): Uint8Array {
  const packets = Array.from({ length: random.between(0, 8) }, (_packet, i) => ({
    timeUs: i * 1000,
    bytes: SAMPLES[random.between(0, SAMPLES.length - 1)]!.bytes,
  }));
  const littleEndian = random.chance(0.5);
  if (random.chance(0.5)) return pcapFile(packets, { littleEndian, nanoseconds: random.chance(0.5) });
  const interfaces = [{ linkType: 1 }, { linkType: 113, resolution: random.between(0, 255), offsetSeconds: 5 }];
  const from = random.between(0, 1);
  return pcapngFile(packets.map((packet) => ({ ...packet, from })), interfaces, littleEndian); // prettier-ignore
}

function mutated(file: Uint8Array, random: Random): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  for (let changes = random.between(0, 4); changes > 0; changes--) {
    if (random.chance(0.5)) file[random.between(0, file.length - 1)] = random.between(0, 255);
    else
      view.setUint32(
        random.between(0, file.length - 4),
        WORDS[random.between(0, WORDS.length - 1)]!,
        random.chance(0.5),
      );
  }
  return random.chance(0.3) ? file.subarray(0, random.between(0, file.length)) : file;
}

/** A program of random instructions that is let in, or none. */
function randomFilter(random: Random): PacketFilter | undefined {
  const program: BpfInstruction[] = Array.from({ length: random.between(0, 12) }, () => ({
    code: random.chance(0.5) ? random.between(0, 31) * 8 + random.between(0, 7) : [0x20, 0x28, 0x30, 0x48, 0x15, 0x25, 0x05][random.between(0, 6)]!, // prettier-ignore
    jt: random.between(0, 3),
    jf: random.between(0, 3),
    k: random.chance(0.8) ? random.between(0, 40) : random.bits() >>> 0,
  })).filter((instruction) => bpfProblem([instruction, ...RETURNS]) === undefined);
  program.push(...RETURNS);
  return program.length > RETURNS.length && bpfProblem(program) === undefined ? bpfFilter(program) : undefined;
}

/** Enough returns for any jump to land on. */
const RETURNS: readonly BpfInstruction[] = Array.from({ length: 5 }, (_instruction, i) => ({
  code: 0x06,
  jt: 0,
  jf: 0,
  k: i % 2,
}));

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex', 0, 4000);
}
