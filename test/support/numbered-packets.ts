import { pcapFile } from './pcap-writer.ts';

/** Of a frame: where its number lies, big-endian, behind Ethernet, IPv4 and UDP. */
export const NUMBER_OFFSET = 42;
export const NUMBERED_PORT = 9999;

export interface NumberedOptions {
  /** Bytes of each frame, 60 or more. */
  readonly bytes?: number;
  /** Conversations that the packets belong to, in turn, each with a host of its own: 65,000 at most. */
  readonly flows?: number;
}

/** A capture of UDP packets to port 9999 that carry their numbers, from 0, a microsecond after one another. */
export function numberedPackets(count: number, { bytes = 60, flows = 1 }: NumberedOptions = {}): Uint8Array {
  return pcapFile(
    Array.from({ length: count }, (_, number) => ({
      timeUs: 1e15 + number,
      bytes: numberedFrame(number, bytes, flows),
    })),
  );
}

function numberedFrame(number: number, bytes: number, flows: number): Uint8Array {
  const frame = Buffer.alloc(bytes);
  // To a station that is nobody's: no system answers.
  frame.write('0200000000020200000000010800', 'hex');
  frame.write('4500000000000000401100000a0000010a000002', 14, 'hex');
  frame.writeUInt16BE(bytes - 14, 16);
  frame.writeUInt16BE(1 + (number % flows), 28);
  frame.writeUInt16BE(internetChecksum(frame.subarray(14, 34)), 24);
  frame.writeUInt16BE(1 + (number % flows), 34);
  frame.writeUInt16BE(NUMBERED_PORT, 36);
  frame.writeUInt16BE(bytes - 34, 38);
  frame.writeUInt32BE(number, NUMBER_OFFSET);
  return frame;
}

/** RFC 1071 */
function internetChecksum(words: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i + 1 < words.length; i += 2) sum += (words[i]! << 8) | words[i + 1]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** Which numbers have been seen. */
export class NumberChecker {
  readonly #seen: Uint8Array;
  /** Numbered packets that were seen, again or not. */
  packets = 0;
  /** Different numbers that were seen. */
  unique = 0;
  /** Packets that are no numbered ones, or whose number is none of those. */
  foreign = 0;

  constructor(count: number) {
    this.#seen = new Uint8Array(count);
  }

  /** @param frame from its Ethernet header on */
  add(frame: DataView): void {
    const isNumbered =
      frame.byteLength >= NUMBER_OFFSET + 4 && frame.getUint16(12) === 0x0800 && frame.getUint16(36) === NUMBERED_PORT;
    const number = isNumbered ? frame.getUint32(NUMBER_OFFSET) : this.#seen.length;
    if (number >= this.#seen.length) {
      this.foreign += 1;
      return;
    }
    this.packets += 1;
    if (this.#seen[number] === 0) this.unique += 1;
    this.#seen[number] = 1;
  }

  /** The first numbers that were not seen. */
  missing(most = 10): number[] {
    const missing: number[] = [];
    for (let number = this.#seen.indexOf(0); number !== -1 && missing.length < most;) {
      missing.push(number);
      number = this.#seen.indexOf(0, number + 1);
    }
    return missing;
  }
}
