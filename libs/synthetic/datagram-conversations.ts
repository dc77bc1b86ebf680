import type { Layer } from '../packet/build/layer.ts';
import { arp, ethernet } from '../packet/build/link.ts';
import { icmp, icmp6, udp } from '../packet/build/transport.ts';
import { dnsMessage, ECHO, NTP_BYTES, NTP_CLIENT, NTP_SERVER, QUIC_INITIAL, QUIC_SHORT, RTP } from './contents.ts';
import type { Conversation } from './conversation.ts';
import type { Frame } from './frame.ts';
import { clientIp, clientMac, type Path, type Place } from './path.ts';
import type { Random } from './random.ts';

const BROADCAST = 0xffff_ffff_ffff;
const QUIC_INITIAL_BYTES = 1200;
const VOICE_BYTES = 172;
const PING_BYTES = 56;

/** A header that tells the true length, whatever is kept of the packet. */
function datagram(path: Path, forth: boolean, contentBytes: number): Layer {
  return udp({
    sourcePort: forth ? path.clientPort : path.serverPort,
    destinationPort: forth ? path.serverPort : path.clientPort,
    length: 8 + contentBytes,
  });
}

/** A question and its answer; either is sent again when more packets are asked for. */
export class DnsExchange implements Conversation {
  readonly #path: Path;
  readonly #id: number;
  #written = 0;

  constructor(path: Path, random: Random) {
    this.#path = path;
    this.#id = random.half();
  }

  write(frame: Frame): void {
    const forth = this.#written++ % 2 === 0;
    const message = dnsMessage(this.#id, !forth, this.#id % 1000);
    this.#path.write(frame, forth, datagram(this.#path, forth, message.length), message, message.length);
  }
}

export class NtpExchange implements Conversation {
  readonly #path: Path;
  #written = 0;

  constructor(path: Path) {
    this.#path = path;
  }

  write(frame: Frame): void {
    const forth = this.#written++ % 2 === 0;
    this.#path.write(frame, forth, datagram(this.#path, forth, NTP_BYTES), forth ? NTP_CLIENT : NTP_SERVER, NTP_BYTES);
  }
}

/** Long headers at first, then mostly data from the server and short acknowledgements. */
export class QuicConversation implements Conversation {
  readonly #path: Path;
  #written = 0;

  constructor(path: Path) {
    this.#path = path;
  }

  write(frame: Frame, _nowUs: number, random: Random): void {
    const index = this.#written++;
    const isInitial = index < 2;
    const forth = isInitial ? index === 0 : random.chance(0.4);
    const bytes = isInitial ? QUIC_INITIAL_BYTES : forth ? random.between(30, 120) : random.between(700, 1252);
    this.#path.write(frame, forth, datagram(this.#path, forth, bytes), isInitial ? QUIC_INITIAL : QUIC_SHORT, bytes);
  }
}

/** A telephone call. */
export class VoiceConversation implements Conversation {
  readonly #path: Path;
  #written = 0;

  constructor(path: Path) {
    this.#path = path;
  }

  write(frame: Frame): void {
    const forth = this.#written++ % 2 === 0;
    this.#path.write(frame, forth, datagram(this.#path, forth, VOICE_BYTES), RTP, VOICE_BYTES);
  }
}

/** One echo request and its reply. Each pair is a flow of its own, by its identifier and sequence number. */
export class EchoExchange implements Conversation {
  readonly #path: Path;
  readonly #sequence: number;
  #written = 0;

  constructor(path: Path, random: Random) {
    this.#path = path;
    this.#sequence = random.half();
  }

  write(frame: Frame): void {
    const forth = this.#written++ % 2 === 0;
    const { isIpv6, clientPort: id } = this.#path;
    const type = isIpv6 ? (forth ? 128 : 129) : forth ? 8 : 0;
    const header = (isIpv6 ? icmp6 : icmp)({ type, id, sequence: this.#sequence });
    this.#path.write(frame, forth, header, ECHO, PING_BYTES);
  }
}

/** A client asks who has an address of its own network, and is told. */
export class ArpExchange implements Conversation {
  readonly #place: Place;
  #written = 0;

  constructor(place: Place) {
    this.#place = place;
  }

  write(frame: Frame): void {
    const isRequest = this.#written++ % 2 === 0;
    const { client, port } = this.#place;
    const mac = clientMac(client);
    const ip = clientIp(client);
    const [otherMac, otherIp] = [clientMac(0x1_0000 + port), 0x0aff_0000 + port];
    frame.write(
      isRequest
        ? [ethernet({ source: mac, destination: BROADCAST }), arp({ senderMac: mac, senderIp: ip, targetIp: otherIp })]
        : [
            ethernet({ source: otherMac, destination: mac }),
            arp({ operation: 2, senderMac: otherMac, senderIp: otherIp, targetMac: mac, targetIp: ip }),
          ],
      0,
    );
  }
}
