import { RingReader } from '../../libs/capture/ring-reader.ts';
import { BLOCK, BLOCK_READY, FRAME } from '../../libs/capture/syscalls.ts';
import { Random } from '../../libs/synthetic/random.ts';
import { fillBlock, type RingPacket } from '../support/ring-memory.ts';
import type { FuzzResult } from './packets.ts';

const PROBLEMS_MAX = 20;
const SHAPE = { blockBytes: 4096, blocks: 2 };
const WORDS = [0, 1, 4, 15, 16, 47, 48, 67, 68, 82, 4095, 4096, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];
const BLOCK_FIELDS = [BLOCK.packets, BLOCK.firstPacket, BLOCK.bytes];
const FRAME_FIELDS = [FRAME.next, FRAME.captured, FRAME.wire, FRAME.status, FRAME.mac, FRAME.nanoseconds];

/**
 * Reads rings whose headers are mutated. A problem is a throw, a packet outside its block, a block that does not go back, or
 * packets that are neither handed over nor counted as malformed.
 */
export async function fuzz(options: { seed: number; runs: number }): Promise<FuzzResult> {
  const random = new Random(options.seed);
  const problems: string[] = [];
  let runs = 0;
  for (; runs < options.runs && problems.length < PROBLEMS_MAX; runs++) {
    const memory = new ArrayBuffer(SHAPE.blockBytes * SHAPE.blocks);
    for (let block = 0; block < SHAPE.blocks; block++) mutateBlock(memory, block, random);
    try {
      const problem = readAll(memory, random.chance(0.5) ? 1 : undefined);
      if (problem !== '') problems.push(`run ${runs}: ${problem}`);
    } catch (error) {
      problems.push(`run ${runs} threw ${String(error)}`);
    }
    if (runs % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return { runs, problems };
}

function mutateBlock(memory: ArrayBuffer, block: number, random: Random): void {
  const packets = Array.from({ length: random.between(0, 12) }, () => randomPacket(random));
  const headers = fillBlock(memory, SHAPE, block, packets);
  const view = new DataView(memory);
  const word = (): number => (random.chance(0.7) ? WORDS[random.between(0, WORDS.length - 1)]! : random.bits());
  for (let changes = random.between(0, 3); changes > 0; changes--) {
    const header = headers[random.between(0, Math.max(0, headers.length - 1))];
    const isOfBlock = header === undefined || random.chance(0.3);
    const fields = isOfBlock ? BLOCK_FIELDS : FRAME_FIELDS;
    const field = fields[random.between(0, fields.length - 1)]!;
    view.setUint32((isOfBlock ? block * SHAPE.blockBytes : header) + field, word(), true);
  }
  view.setUint32(block * SHAPE.blockBytes + BLOCK.status, BLOCK_READY, true);
}

function randomPacket(random: Random): RingPacket {
  const packet = {
    bytes: new Uint8Array(random.between(0, 200)).fill(0xa5),
    nanoseconds: random.between(0, 999_999_999),
    hardwareType: random.chance(0.9) ? 1 : 65_534,
    packetType: random.between(0, 4),
  };
  return random.chance(0.3) ? { ...packet, tag: { tci: random.half(), tpid: 0x8100 } } : packet;
}

function readAll(memory: ArrayBuffer, linkType: number | undefined): string {
  const reader = new RingReader(memory, { ...SHAPE, linkType });
  let packets = 0;
  for (let batch; (batch = reader.take()) !== undefined;) {
    for (let i = 0; i < batch.count; i++) {
      const offset = batch.offset[i]!;
      const block = Math.floor(offset / SHAPE.blockBytes);
      const end = offset + batch.captured[i]!;
      if (end > (block + 1) * SHAPE.blockBytes) return 'a packet outside its block';
      if (offset < block * SHAPE.blockBytes + BLOCK.headerBytes) return 'a packet in the header of a block';
    }
    packets += batch.count;
  }
  const view = new DataView(memory);
  for (let block = 0; block < SHAPE.blocks; block++) {
    if (view.getUint32(block * SHAPE.blockBytes + BLOCK.status, true) !== 0) return `block ${block} was kept`;
  }
  return packets + reader.malformed === reader.packets ? '' : 'packets that are neither handed over nor counted';
}
