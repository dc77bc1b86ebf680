import type { Conversation } from './conversation.ts';
import {
  ArpExchange,
  DnsExchange,
  EchoExchange,
  NtpExchange,
  QuicConversation,
  VoiceConversation,
} from './datagram-conversations.ts';
import { Path, type Place } from './path.ts';
import type { Random } from './random.ts';
import { FailedConnection, TcpConversation } from './tcp-conversation.ts';

/** One kind of flow among all. */
export interface FlowKind {
  /** How many flows in a thousand are of this kind. */
  readonly perMille: number;
  /** Packets of each such flow, where its nature fixes them. */
  readonly packets?: number;
  /** Nobody answers, so that its packets do not follow each other after a round trip. */
  readonly isUnanswered?: boolean;
  /** @param packets how many the flow will have */
  open(place: Place, packets: number, random: Random): Conversation;
}

/** Ports of servers; one stands here as often as it is likely. */
const TCP_SERVICES = [443, 443, 443, 443, 443, 443, 80, 80, 22, 25, 993, 3306, 5432, 8080];

function service(random: Random): number {
  return TCP_SERVICES[random.between(0, TCP_SERVICES.length - 1)]!;
}

/** Seven of ten are TCP, a quarter UDP; the rest are pings and ARP. */
export const FLOW_KINDS: readonly FlowKind[] = [
  {
    perMille: 630,
    open: (place, packets, random) => new TcpConversation(new Path(place, service(random), random), packets, random),
  },
  {
    perMille: 40,
    packets: 2,
    open: (place, _packets, random) => new FailedConnection(new Path(place, service(random), random), true, random),
  },
  {
    perMille: 30,
    packets: 3,
    isUnanswered: true,
    open: (place, _packets, random) => new FailedConnection(new Path(place, service(random), random), false, random),
  },
  {
    perMille: 120,
    packets: 2,
    open: (place, _packets, random) => new DnsExchange(new Path(place, 53, random), random),
  },
  { perMille: 20, packets: 2, open: (place, _packets, random) => new NtpExchange(new Path(place, 123, random)) },
  { perMille: 90, open: (place, _packets, random) => new QuicConversation(new Path(place, 443, random)) },
  {
    perMille: 20,
    open: (place, _packets, random) =>
      new VoiceConversation(new Path(place, 16_384 + 2 * random.between(0, 8191), random)),
  },
  {
    perMille: 35,
    packets: 2,
    open: (place, _packets, random) => new EchoExchange(new Path(place, 0, random), random),
  },
  { perMille: 15, packets: 2, open: (place) => new ArpExchange(place) },
];
