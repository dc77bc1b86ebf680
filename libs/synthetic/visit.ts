import type { Frame, PacketStream } from './frame.ts';
import { clientIp, Path } from './path.ts';
import { Random } from './random.ts';
import { TcpConversation } from './tcp-conversation.ts';

/** A client that no other stream has, as those number theirs from 0. */
const VISITOR = 51_201;
const FIRST_PORT = 0xc000;
const WEB_PORT = 80;
/** Enough for both its handshakes, a request and a response. */
const CONNECTION_PACKETS = 8;

/** The visitor's IPv4 address. */
export const VISITOR_IP = clientIp(VISITOR);

/** One host that comes once, for a short time, and opens connections to web servers one after the other. */
export class Visit implements PacketStream {
  readonly #startUs: number;
  readonly #gapUs: number;
  readonly #packets: number;
  readonly #random: Random;
  #conversation: TcpConversation | undefined;
  #written = 0;

  /**
   * @param options.startUs its first packet is due then, in µs since the stream's start
   * @param options.lengthUs its last packet is due that much later at the latest
   * @param options.connections at most 16,384
   */
  constructor(options: { startUs: number; lengthUs: number; connections: number; seed: number }) {
    this.#startUs = options.startUs;
    this.#packets = options.connections * CONNECTION_PACKETS;
    this.#gapUs = options.lengthUs / this.#packets;
    this.#random = new Random(options.seed);
  }

  get dueUs(): number {
    return this.#written === this.#packets ? Infinity : this.#startUs + Math.floor(this.#written * this.#gapUs);
  }

  write(frame: Frame): void {
    const { dueUs } = this;
    if (this.#written % CONNECTION_PACKETS === 0) this.#conversation = this.#open();
    this.#conversation?.write(frame, dueUs, this.#random);
    this.#written += 1;
  }

  #open(): TcpConversation {
    const port = FIRST_PORT + this.#written / CONNECTION_PACKETS;
    const path = new Path({ client: VISITOR, port }, WEB_PORT, this.#random, false);
    return new TcpConversation(path, CONNECTION_PACKETS, this.#random);
  }
}
