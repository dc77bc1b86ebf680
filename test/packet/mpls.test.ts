import type { Layer } from '../../libs/packet/build/layer.ts';
import { ethernet } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { udp } from '../../libs/packet/build/transport.ts';
import { mpls } from '../../libs/packet/build/tunnels.ts';
import { ENCAPSULATION, MAC_ADDRESS } from '../../libs/packet/headers.ts';
import { TUNNEL } from '../../libs/packet/tunnel.ts';
import {
  FOUND_ETHERNET,
  FOUND_IPV4,
  FOUND_IPV6,
  FOUND_STATIONS,
  foundPayload,
  IPV4,
  IPV6,
  testDecoding,
} from './decoded.ts';

const E = ENCAPSULATION;
const UDP = udp({ sourcePort: 1024, destinationPort: 9 });
const FOUND_UDP = { protocol: 17, hasPorts: true, sourcePort: 1024, destinationPort: 9 };
const FOUND_PSEUDOWIRE = {
  tunnelDepth: 1,
  tunnelKind: TUNNEL.pseudowire,
  tunnelId: 500,
  tunnelAddressKind: MAC_ADDRESS,
  tunnelSource2: 0x0200,
  tunnelSource3: 1,
  tunnelDestination2: 0x0200,
  tunnelDestination3: 2,
};

testDecoding('decodeMpls', [
  {
    name: 'a stack of labels (RFC 3032 §2.1)',
    layers: [ethernet(), mpls(0xfffff, { trafficClass: 7, ttl: 255 }), mpls(17), IPV6, UDP],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_IPV6,
      ...FOUND_UDP,
      encapsulations: E.ethernet | E.mpls,
      mplsLabels: 2,
      mplsTop: 0xfffffeff | 0,
      ...foundPayload(70, 0),
    },
  },
  ...[0, 4].map((controlBytes) => ({
    name: `a pseudowire with ${controlBytes} bytes of control word (RFC 4448 §4.4)`,
    layers: [ethernet(), mpls(500), payload(controlBytes, 0), ethernet(), IPV4, UDP],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_IPV4,
      ...FOUND_UDP,
      encapsulations: E.ethernet | E.mpls,
      mplsLabels: 1,
      mplsTop: (500 << 12) | 0x140,
      ...FOUND_PSEUDOWIRE,
      ...foundPayload(60 + controlBytes, 0),
    },
  })),
  {
    name: 'a payload that is neither',
    layers: [ethernet(), mpls(16), payload(30)],
    found: {
      problem: 'mpls: payload not recognised',
      ...FOUND_ETHERNET,
      ...FOUND_STATIONS,
      etherType: 0x8847,
      encapsulations: E.ethernet | E.mpls,
      mplsLabels: 1,
      mplsTop: 0x10140,
      ...foundPayload(18, 30),
    },
  },
  {
    name: 'more than eight labels',
    layers: [ethernet(), ...new Array<Layer>(9).fill(mpls(16)), IPV4],
    found: {
      problem: 'mpls: more than 8 labels',
      ...FOUND_ETHERNET,
      ...FOUND_STATIONS,
      etherType: 0x8847,
      encapsulations: E.ethernet | E.mpls,
      mplsLabels: 8,
      mplsTop: 0x10040,
      ...foundPayload(14, 56),
    },
  },
]);
