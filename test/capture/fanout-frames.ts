import { ipv4, ipv6, ipv6Fragment } from '../../libs/packet/build/ip.ts';
import { packet, type Layer } from '../../libs/packet/build/layer.ts';
import { arp, ethernet, vlan } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { icmp, icmp6, tcp, udp } from '../../libs/packet/build/transport.ts';

/** A frame that belongs together with all others of its pair of hosts. */
export interface PairFrame {
  readonly name: string;
  readonly pair: string;
  readonly bytes: Uint8Array;
}

/** An address that takes no part in the conversation, a router's. */
const ROUTER = 0xc0000201;
const ROUTER6 = [0x20010db8, 0, 0, 0xff] as const;
const IPV4_OPTIONS = [7, 7, 4, 0, 0, 0, 0, 0];

/** What passes between two IPv4 hosts, both ways, with fragments and with errors about it. */
function ipv4Layers(source: number, destination: number): [name: string, layers: Layer[]][] {
  const there = { source, destination };
  const back = { source: destination, destination: source };
  const datagram = udp({ sourcePort: 1000, destinationPort: 53 });
  const quote = [ipv4({ ...there, options: [1, 1, 1, 1] }), datagram];
  return [
    ['tcp', [ipv4(there), tcp({ sourcePort: 1000, destinationPort: 80 })]],
    ['tcp back', [ipv4(back), tcp({ sourcePort: 80, destinationPort: 1000 })]],
    ['first fragment', [ipv4({ ...there, moreFragments: true }), datagram, payload(64)]],
    ['later fragment', [ipv4({ ...there, protocol: 17, fragmentOffset: 72 }), payload(64)]],
    [
      'later fragment of ICMP',
      [ipv4({ ...there, protocol: 1, fragmentOffset: 72 }), payload(new Uint8Array(64).fill(3))],
    ],
    ['echo', [ipv4(there), icmp({ type: 8 }), payload(40)]],
    ['echo with options', [ipv4({ ...back, options: IPV4_OPTIONS }), icmp({ type: 0 }), payload(40)]],
    ['error of the destination', [ipv4(back), icmp({ type: 3, code: 3 }), ...quote]],
    ['error of a router', [ipv4({ source: ROUTER, destination: source }), icmp({ type: 11 }), ...quote]],
    [
      'error with options',
      [ipv4({ source: ROUTER, destination: source, options: IPV4_OPTIONS }), icmp({ type: 3 }), ...quote],
    ],
  ];
}

function ipv6Layers(host: number, other: number): [name: string, layers: Layer[]][] {
  const there = { source: [0x20010db8, 1, host, 1], destination: [0x20010db8, 2, 0, other] } as const;
  const back = { source: there.destination, destination: there.source };
  const datagram = udp({ sourcePort: 1000, destinationPort: 53 });
  return [
    ['ip6 tcp', [ipv6(there), tcp({ sourcePort: 1000, destinationPort: 80 })]],
    ['ip6 tcp back', [ipv6(back), tcp({ sourcePort: 80, destinationPort: 1000 })]],
    ['ip6 fragment', [ipv6(there), ipv6Fragment({ id: 1, fragmentOffset: 64, nextHeader: 17 }), payload(64)]],
    ['ip6 echo', [ipv6(back), icmp6({ type: 129 }), payload(40)]],
    ['ip6 error', [ipv6({ source: ROUTER6, destination: there.source }), icmp6({ type: 1 }), ipv6(there), datagram]],
  ];
}

/**
 * Frames of `count` pairs of hosts, plain, with one tag and with two; with ARP's about them; and of other protocols of
 * their stations. */
export function pairFrames(count: number): PairFrame[] {
  const frames: PairFrame[] = [];
  for (let host = 1; host <= count; host++) {
    const [source, destination] = [0x0a000000 + host, 0x0a000100 + host];
    const kinds = [...ipv4Layers(source, destination), ...ipv6Layers(host, host)];
    for (const tags of [[], [vlan(5)], [vlan(7, { tpid: 0x88a8 }), vlan(5)]]) {
      for (const [name, layers] of kinds) {
        const pair = name.startsWith('ip6') ? `ip6 ${host}` : `ip4 ${host}`;
        frames.push({ name: `${name}, ${tags.length} tags`, pair, bytes: packet(ethernet(), ...tags, ...layers) });
      }
    }
    const [asking, asked] = [0x020000000100 + host, 0x020000000003];
    const request = packet(
      ethernet({ source: asking, destination: 0xffffffffffff }),
      arp({ senderIp: source, targetIp: destination }),
    );
    const reply = packet(
      ethernet({ source: asked, destination: asking }),
      arp({ operation: 2, senderIp: destination, targetIp: source }),
    );
    frames.push({ name: 'arp', pair: `ip4 ${host}`, bytes: request });
    frames.push({ name: 'arp back', pair: `ip4 ${host}`, bytes: reply });
    for (const [from, to] of [
      [asking, asked],
      [asked, asking],
    ] as const) {
      const bytes = packet(ethernet({ source: from, destination: to, etherType: 0x88b5 }), payload(46));
      frames.push({ name: 'local experiment', pair: `stations ${host}`, bytes });
    }
  }
  return frames;
}
