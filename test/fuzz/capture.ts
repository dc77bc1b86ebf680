import { InputError } from '../../libs/core/errors.ts';
import { CAPTURED_BYTES_MAX } from '../../libs/capture/capture-format.ts';
import { Random } from '../../libs/synthetic/random.ts';
import { SAMPLES } from '../packet/samples.ts';
import { pcapFile, pcapngFile } from '../support/pcap-writer.ts';
import { readCapture } from '../support/read-capture.ts';

/** Lengths, counts and magic numbers that parsers have stumbled over. */
const WORDS = [
  0, 1, 4, 11, 12, 28, 0xff, 0xffff, 0x10000, 0xffffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff, 0x0a0d0d0a, 6,
  3,
];

/** Reads mutated pcap and pcapng files, whole, cut and in pieces; a problem is a throw that no user caused. */
export async function fuzz(options: { seed: number; runs: number }): Promise<{ runs: number; problems: string[] }> {
  const random = new Random(options.seed);
  const problems: string[] = [];
  for (let run = 0; run < options.runs; run++) {
    const file = mutated(random);
    const piece = below(random, 4) === 0 ? 1 + below(random, 50) : file.length;
    try {
      const { packets } = await readCapture(file, Math.max(1, piece));
      for (const { hex, timeUs, wire } of packets) {
        const sound = hex.length <= CAPTURED_BYTES_MAX * 2 && Number.isFinite(timeUs) && wire >= hex.length / 2;
        if (!sound) problems.push(`run ${run}: impossible packet`);
      }
    } catch (error) {
      if (!(error instanceof InputError)) problems.push(`run ${run}: ${String(error)}`);
    }
  }
  return { runs: options.runs, problems };
}

function mutated(random: Random): Uint8Array {
  const packets = Array.from({ length: below(random, 8) }, (_, i) => ({
    timeUs: i * 1000,
    bytes: SAMPLES[below(random, SAMPLES.length)]!.bytes,
  }));
  const ordered = below(random, 2) === 0;
  const interfaces = [{ linkType: 1 }, { linkType: 113, resolution: 9, offsetSeconds: 5 }];
  const file =
    below(random, 2) === 0 ? pcapFile(packets, { littleEndian: ordered }) : pcapngFile(packets, interfaces, ordered);
  const view = new DataView(file.buffer);
  for (let changes = below(random, 5); changes > 0; changes--) {
    const word = WORDS[below(random, WORDS.length)]!;
    if (below(random, 2) === 0) file[below(random, file.length)] = below(random, 256);
    else view.setUint32(below(random, file.length - 3), word, below(random, 2) === 0);
  }
  return below(random, 3) === 0 ? file.subarray(0, below(random, file.length + 1)) : file;
}

/** An integer from 0 to `count` - 1. */
function below(random: Random, count: number): number {
  return random.between(0, count - 1);
}
