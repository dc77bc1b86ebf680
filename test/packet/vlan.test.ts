import type { Layer } from '../../libs/packet/build/layer.ts';
import { ethernet, llc, vlan } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { udp } from '../../libs/packet/build/transport.ts';
import { ENCAPSULATION } from '../../libs/packet/headers.ts';
import { FOUND_ETHERNET, FOUND_IPV4, FOUND_STATIONS, foundPayload, IPV4, testDecoding } from './decoded.ts';

const { ethernet: E, llc: L, vlan: V } = ENCAPSULATION;
const UDP = udp({ sourcePort: 1024, destinationPort: 9 });
const FOUND_UDP = { protocol: 17, hasPorts: true, sourcePort: 1024, destinationPort: 9 };

testDecoding('decodeVlan', [
  {
    name: 'one 802.1Q tag with its priority',
    layers: [ethernet(), vlan(100, { priority: 5 }), IPV4, UDP],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_IPV4,
      ...FOUND_UDP,
      encapsulations: E | V,
      vlanTags: 1,
      outerTag: 0xa064,
      innerTag: 0xa064,
      ...foundPayload(46, 0),
    },
  },
  {
    name: 'both tags of 802.1ad are kept',
    layers: [ethernet(), vlan(200, { tpid: 0x88a8, dropEligible: true }), vlan(100), IPV4, UDP],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_IPV4,
      ...FOUND_UDP,
      encapsulations: E | V,
      vlanTags: 2,
      outerTag: 0x10c8,
      innerTag: 100,
      ...foundPayload(50, 0),
    },
  },
  {
    name: 'of three tags the first and the last',
    layers: [ethernet(), vlan(1, { tpid: 0x9100 }), vlan(2), vlan(3), IPV4, UDP],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_IPV4,
      ...FOUND_UDP,
      encapsulations: E | V,
      vlanTags: 3,
      outerTag: 1,
      innerTag: 3,
      ...foundPayload(54, 0),
    },
  },
  {
    name: 'LLC behind a tag',
    layers: [ethernet(), vlan(7), llc({ dsap: 0x42 }), payload(35)],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_STATIONS,
      encapsulations: E | V | L,
      vlanTags: 1,
      outerTag: 7,
      innerTag: 7,
      dsap: 0x42,
      ssap: 0x42,
      ...foundPayload(21, 35),
    },
  },
  {
    name: 'a tag cut short',
    layers: [ethernet(), vlan(7), IPV4, UDP],
    captured: 17,
    found: {
      problem: 'vlan: truncated',
      ...FOUND_ETHERNET,
      ...FOUND_STATIONS,
      etherType: 0x8100,
      ...foundPayload(14, 3, 32),
    },
  },
  {
    name: 'more tags than layers are allowed',
    layers: [ethernet(), ...new Array<Layer>(61).fill(vlan(7)), vlan(7, { etherType: 0x8100 }), payload(8)],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_STATIONS,
      etherType: 0x7878,
      encapsulations: E | V,
      vlanTags: 63,
      outerTag: 7,
      innerTag: 0x7878,
      ...foundPayload(14 + 63 * 4, 4),
    },
  },
]);
