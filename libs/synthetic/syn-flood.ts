import { ipv4 } from '../packet/build/ip.ts';
import { ethernet } from '../packet/build/link.ts';
import { tcp, tcpOption } from '../packet/build/transport.ts';
import { TCP_FLAG } from '../packet/headers.ts';
import type { Frame, PacketStream } from './frame.ts';
import { Random, shuffled } from './random.ts';

/** Forged senders are 16.0.0.0 to 23.255.255.255. */
const SENDERS = 0x1000_0000;
const SENDER_BITS = 27;
const VICTIM = 0xc633_640a;

/** One SYN from each of many forged addresses to one server, so that every packet is a flow. */
export class SynFlood implements PacketStream {
  readonly #packets: number;
  readonly #gapUs: number;
  readonly #seed: number;
  readonly #random: Random;
  #written = 0;

  /** @param options.packets at most 2^27 */
  constructor(options: { packets: number; seconds: number; seed: number }) {
    if (options.packets > 2 ** SENDER_BITS) throw new RangeError(`more than ${2 ** SENDER_BITS} senders`);
    this.#packets = options.packets;
    this.#gapUs = (options.seconds * 1e6) / options.packets;
    this.#seed = options.seed;
    this.#random = new Random(options.seed);
  }

  get dueUs(): number {
    return this.#written === this.#packets ? Infinity : Math.floor(this.#written * this.#gapUs);
  }

  write(frame: Frame): void {
    const random = this.#random;
    const layers = [
      ethernet(),
      ipv4({
        source: SENDERS + shuffled(this.#written++, SENDER_BITS, this.#seed),
        destination: VICTIM,
        id: random.half(),
        ttl: random.between(40, 250),
      }),
      tcp({
        sourcePort: random.between(1024, 65_535),
        destinationPort: 80,
        sequence: random.bits() >>> 0,
        flags: TCP_FLAG.syn,
        window: random.half(),
        options: tcpOption.mss(1460),
      }),
    ];
    frame.write(layers, 0);
  }
}
