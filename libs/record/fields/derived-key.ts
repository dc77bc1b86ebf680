import { maskLanes } from '../../address/prefix.ts';
import { IPV4_ADDRESS, IPV6_ADDRESS } from '../../packet/headers.ts';
import { communityId } from './community-id.ts';
import { directionText } from './direction.ts';
import type { Address, DerivedField } from './field.ts';
import { flagsText } from './flags.ts';
import { protocolText } from './protocol.ts';
import { splitSource } from '../source.ts';
import { STATE_WORDS, stateText } from './state.ts';

/** The network that an IPv4 address has by its class (RFC 791 §3.2), and the first 64 bits of an IPv6 address. */
function network({ family, lanes }: Address): Address | undefined {
  if (family === IPV6_ADDRESS) return { family, lanes: [lanes[0], lanes[1], 0, 0] };
  if (family !== IPV4_ADDRESS) return undefined;
  const top = lanes[3] >>> 24;
  const bits = top < 128 ? 8 : top < 192 ? 16 : top < 224 ? 24 : 32;
  return { family, lanes: [lanes[0], lanes[1], lanes[2], (lanes[3] & maskLanes(bits)[0]) >>> 0] };
}

/** Who made the record, what it is about, and how that stands. */
export const DERIVED_KEY_FIELDS = {
  srcid: {
    number: 1160,
    kind: 'text',
    heading: 'SrcId',
    width: 18,
    format: 'text',
    from: ['@source'],
    compute: (source: string) => (source === '' ? undefined : source),
    about: 'Source id of the probe that made the record.',
  },
  sid: {
    number: 1170,
    kind: 'text',
    heading: 'Sid',
    width: 18,
    format: 'text',
    from: ['@source'],
    compute: (source: string) => splitSource(source).id,
    about: 'Source id of the probe without the interface that may stand behind it.',
  },
  inf: {
    number: 1171,
    kind: 'text',
    heading: 'Inf',
    width: 6,
    format: 'text',
    from: ['@source'],
    compute: (source: string) => splitSource(source).inf,
    about: 'Interface of the probe that saw the flow, where its source id names one.',
  },
  run: {
    number: 1161,
    kind: 'number',
    heading: 'Run',
    width: 18,
    format: 'integer',
    from: ['@run'],
    compute: (run: number) => run,
    about: 'Run of the probe: microseconds since the epoch when it started. srcid, run and flowid name a flow.',
  },
  seq: {
    number: 1162,
    kind: 'number',
    heading: 'Seq',
    width: 12,
    format: 'integer',
    centred: true,
    from: ['flowid'],
    compute: (flowid: number) => flowid % 2 ** 32,
    about: "The flow's number as Argus counts: flowid modulo 2^32.",
  },
  proto: {
    number: 1163,
    kind: 'text',
    heading: 'Proto',
    width: 6,
    format: 'protocol',
    from: ['etype?', 'ipproto?', 'events?', 'sport?'],
    compute: protocolText,
    about: 'What the flow speaks: rtp, rtcp, the IP protocol, llc, or the EtherType.',
  },
  dir: {
    number: 1164,
    kind: 'text',
    heading: 'Dir',
    width: 5,
    format: 'direction',
    from: ['spkts', 'dpkts', 'etype?', 'ipproto?', 'tcpstate?'],
    compute: directionText,
    words: ['who', ' ->', '<->', '<- ', ' - ', ' ?>', '<?>', '<? ', ' ? '],
    about: 'Who spoke: -> the initiator, <- the responder, <-> both; <?> TCP whose start was not seen; who ARP.',
  },
  state: {
    number: 1165,
    kind: 'text',
    heading: 'State',
    width: 5,
    format: 'state',
    from: ['spkts', 'dpkts', 'cause?', 'ipproto?', 'tcpstate?', 'icmptype?', 'icmpcode?', 'sctpstate?'],
    compute: stateText,
    words: STATE_WORDS,
    about: 'TCP: REQ ACC CON FIN CLO RST TIM; ICMP: type and code; others: CON INT REQ RSP.',
  },
  flgs: {
    number: 1166,
    kind: 'text',
    heading: 'Flgs',
    width: 9,
    format: 'flags',
    from: ['events?', 'sencaps?', 'dencaps?', 'sloss?', 'dloss?', 'sgap?', 'dgap?', 'ipoptions?'],
    compute: flagsText,
    about:
      'Nine places: times adjusted, encapsulation, ICMP error, loss, zero window, ECN, fragments, IP options, blank.',
  },
  cid: {
    number: 1167,
    kind: 'text',
    heading: 'CommunityId',
    width: 30,
    format: 'text',
    from: ['saddr', 'daddr', 'ipproto', 'sport?', 'dport?', 'icmptype?', 'icmpcode?', 'spkts?'],
    compute: communityId,
    about: 'Community ID version 1 with seed 0; absent for what is not IP.',
  },
  snet: {
    number: 1168,
    kind: 'address',
    heading: 'SrcNet',
    width: 18,
    format: 'address',
    from: ['saddr'],
    compute: network,
    about: 'Network of saddr: by its class for IPv4, 64 bits of IPv6.',
  },
  dnet: {
    number: 1169,
    kind: 'address',
    heading: 'DstNet',
    width: 18,
    format: 'address',
    from: ['daddr'],
    compute: network,
    about: 'Network of daddr: by its class for IPv4, 64 bits of IPv6.',
  },
} as const satisfies Record<string, DerivedField>;
