import { tcp, tcpOption } from '../packet/build/transport.ts';
import { TCP_FLAG } from '../packet/headers.ts';
import { NOTHING, requestTo, responseFrom } from './contents.ts';
import type { Conversation } from './conversation.ts';
import type { Frame } from './frame.ts';
import type { Path } from './path.ts';
import type { Random } from './random.ts';

const { fin: FIN, syn: SYN, rst: RST, psh: PSH, ack: ACK } = TCP_FLAG;

/** How a connection ends: both sides close it, one resets it, or the stream stops before. */
type Ending = 'closed' | 'reset' | 'open';

/** Fewer packets are not enough for handshake, data and an orderly close. */
const CLOSED_PACKETS_MIN = 8;
const RETRANSMITTED_SHARE = 0.007;

/** One side's view: signed 32-bit numbers, as they wrap. */
class Side {
  sequence: number;
  window: number;
  readonly clock: number;
  /** Timestamp value last sent. */
  stamp = 0;
  /** Bytes of the segment last sent, which may be sent again. */
  lastBytes = 0;

  constructor(random: Random) {
    this.sequence = random.bits();
    this.window = random.between(500, 65_535);
    this.clock = random.bits();
  }
}

/** A TCP connection: handshake with options, requests and responses, a few retransmissions, FIN or RST. */
export class TcpConversation implements Conversation {
  readonly #path: Path;
  readonly #packets: number;
  readonly #ending: Ending;
  readonly #hasTimestamps: boolean;
  readonly #client: Side;
  readonly #server: Side;
  #written = 0;

  /** @param packets how many it has, at least 1 */
  constructor(path: Path, packets: number, random: Random) {
    this.#path = path;
    this.#packets = packets;
    this.#ending = endingOf(packets, random);
    this.#hasTimestamps = random.chance(0.8);
    this.#client = new Side(random);
    this.#server = new Side(random);
  }

  write(frame: Frame, nowUs: number, random: Random): void {
    const index = this.#written++;
    const left = this.#packets - index;
    if (index < 3) return this.#handshake(frame, nowUs, index);
    if (this.#ending === 'closed' && left <= 3) return this.#close(frame, nowUs, left);
    if (this.#ending === 'reset' && left === 1) return this.#send(frame, nowUs, random.chance(0.5), RST | ACK, 0);
    const draw = random.fraction();
    if (index === 3) this.#send(frame, nowUs, true, PSH | ACK, random.between(90, 600));
    else if (draw < RETRANSMITTED_SHARE) this.#repeat(frame, nowUs);
    else if (draw < 0.5) this.#send(frame, nowUs, false, random.chance(0.3) ? PSH | ACK : ACK, this.#segment(random));
    else if (draw < 0.65) this.#send(frame, nowUs, true, PSH | ACK, random.between(20, 700));
    else this.#send(frame, nowUs, random.chance(0.85), ACK, 0);
    this.#breathe(random);
  }

  #handshake(frame: Frame, nowUs: number, index: number): void {
    if (index === 2) return this.#send(frame, nowUs, true, ACK, 0);
    this.#send(frame, nowUs, index === 0, index === 0 ? SYN : SYN | ACK, 0);
    (index === 0 ? this.#client : this.#server).sequence += 1;
  }

  #close(frame: Frame, nowUs: number, left: number): void {
    const forth = left !== 2;
    this.#send(frame, nowUs, forth, left === 1 ? ACK : FIN | ACK, 0);
    if (left > 1) (forth ? this.#client : this.#server).sequence += 1;
  }

  /** The server's last segment again, or an acknowledgement where it has sent none. */
  #repeat(frame: Frame, nowUs: number): void {
    const server = this.#server;
    const bytes = server.lastBytes;
    server.sequence -= bytes;
    this.#send(frame, nowUs, false, bytes > 0 ? PSH | ACK : ACK, bytes);
  }

  #segment(random: Random): number {
    const mss = this.#path.roomBytes - (this.#hasTimestamps ? 32 : 20);
    return random.chance(0.6) ? mss : random.between(1, mss);
  }

  /** Buffers fill and empty. */
  #breathe(random: Random): void {
    const side = random.chance(0.5) ? this.#client : this.#server;
    side.window = Math.min(65_535, Math.max(200, side.window + random.between(-1500, 1500)));
  }

  #send(frame: Frame, nowUs: number, forth: boolean, flags: number, bytes: number): void {
    const path = this.#path;
    const [from, to] = forth ? [this.#client, this.#server] : [this.#server, this.#client];
    from.stamp = (from.clock + Math.floor(nowUs / 1000)) | 0;
    const segment = tcp({
      sourcePort: forth ? path.clientPort : path.serverPort,
      destinationPort: forth ? path.serverPort : path.clientPort,
      sequence: from.sequence >>> 0,
      acknowledgement: (flags & ACK) === 0 ? 0 : to.sequence >>> 0,
      flags,
      window: from.window,
      options: this.#options(flags, from, to),
    });
    const content = bytes === 0 ? NOTHING : forth ? requestTo(path.serverPort) : responseFrom(path.serverPort);
    path.write(frame, forth, segment, content, bytes);
    from.sequence = (from.sequence + bytes) | 0;
    if (bytes > 0) from.lastBytes = bytes;
  }

  #options(flags: number, from: Side, to: Side): readonly number[] {
    const stamps = this.#hasTimestamps ? tcpOption.timestamp(from.stamp, to.stamp) : [];
    if ((flags & SYN) !== 0) {
      const mss = this.#path.roomBytes - 20;
      return [
        ...tcpOption.mss(mss),
        ...tcpOption.sackPermitted,
        ...stamps,
        ...tcpOption.noOperation,
        ...tcpOption.windowScale(7),
      ];
    }
    return this.#hasTimestamps ? [...tcpOption.noOperation, ...tcpOption.noOperation, ...stamps] : stamps;
  }
}

function endingOf(packets: number, random: Random): Ending {
  const draw = random.fraction();
  if (draw < 0.04 || packets < 4) return 'open';
  return draw < 0.15 || packets < CLOSED_PACKETS_MIN ? 'reset' : 'closed';
}

/** A connection that never comes about: nobody answers, or the port is closed. */
export class FailedConnection implements Conversation {
  readonly #path: Path;
  readonly #isRefused: boolean;
  readonly #sequence: number;
  #written = 0;

  constructor(path: Path, isRefused: boolean, random: Random) {
    this.#path = path;
    this.#isRefused = isRefused;
    this.#sequence = random.bits() >>> 0;
  }

  write(frame: Frame): void {
    const { clientPort, serverPort } = this.#path;
    const forth = !this.#isRefused || this.#written % 2 === 0;
    this.#written += 1;
    const segment = forth
      ? tcp({
          sourcePort: clientPort,
          destinationPort: serverPort,
          sequence: this.#sequence,
          flags: SYN,
          window: 64_240,
          options: tcpOption.mss(this.#path.roomBytes - 20),
        })
      : tcp({
          sourcePort: serverPort,
          destinationPort: clientPort,
          acknowledgement: (this.#sequence + 1) >>> 0,
          flags: RST | ACK,
          window: 0,
        });
    this.#path.write(frame, forth, segment, NOTHING, 0);
  }
}
