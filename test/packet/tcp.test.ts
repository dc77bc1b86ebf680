import type { Layer } from '../../libs/packet/build/layer.ts';
import { ethernet } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { tcp, tcpOption, type TcpOptions } from '../../libs/packet/build/transport.ts';
import { TCP_FLAG, TCP_OPTION } from '../../libs/packet/headers.ts';
import { FOUND_ETHERNET, FOUND_IPV4, FOUND_IPV6, foundPayload, IPV4, IPV6, testDecoding } from './decoded.ts';

const segment = (options: Partial<TcpOptions> = {}, ...above: Layer[]): Layer[] => [
  ethernet(),
  IPV4,
  tcp({ sourcePort: 49152, destinationPort: 443, sequence: 0x80000001, acknowledgement: 0xffffffff, ...options }),
  ...above,
];

const FOUND_PORTS = {
  ...FOUND_ETHERNET,
  ...FOUND_IPV4,
  protocol: 6,
  hasPorts: true,
  sourcePort: 49152,
  destinationPort: 443,
};
const FOUND = {
  ...FOUND_PORTS,
  tcpSequence: 0x80000001 | 0,
  tcpAcknowledgement: -1,
  tcpFlags: TCP_FLAG.ack,
  tcpWindow: 65_535,
};
const { noOperation, mss, windowScale, sackPermitted, sack, timestamp, fastOpen } = tcpOption;

testDecoding('decodeTcp', [
  {
    name: 'numbers, window and payload (RFC 9293 §3.1)',
    layers: segment({ window: 501 }, payload(100)),
    found: { ...FOUND, tcpWindow: 501, ...foundPayload(54, 100) },
  },
  {
    name: 'all flags',
    layers: segment({ flags: 255 }),
    found: { ...FOUND, tcpFlags: 255, ...foundPayload(54, 0) },
  },
  {
    name: 'the options of a connection request',
    layers: segment({
      flags: TCP_FLAG.syn,
      options: [...mss(1460), ...sackPermitted, ...timestamp(1, 0), ...noOperation, ...windowScale(7)],
    }),
    found: {
      ...FOUND,
      tcpFlags: TCP_FLAG.syn,
      tcpOptions: TCP_OPTION.mss | TCP_OPTION.sackPermitted | TCP_OPTION.timestamp | TCP_OPTION.windowScale,
      tcpMss: 1460,
      tcpWindowScale: 7,
      ...foundPayload(74, 0),
    },
  },
  {
    name: 'the options of most segments',
    layers: segment({ options: [...noOperation, ...noOperation, ...timestamp(77, 78)] }, payload(9)),
    found: { ...FOUND, tcpOptions: TCP_OPTION.timestamp, ...foundPayload(66, 9) },
  },
  {
    name: 'selective acknowledgement, MD5, fast open, multipath, echoes, T/TCP, unknown',
    layers: segment({
      options: [...sack(1, 2), 6, 2, 7, 2, 11, 2, 12, 2, 13, 2, 19, 2, ...fastOpen([1]), 30, 2, 253, 2],
    }),
    found: {
      ...FOUND,
      tcpOptions:
        TCP_OPTION.sack |
        TCP_OPTION.echo |
        TCP_OPTION.echoReply |
        TCP_OPTION.cc |
        TCP_OPTION.ccNew |
        TCP_OPTION.ccEcho |
        TCP_OPTION.md5 |
        TCP_OPTION.fastOpen |
        TCP_OPTION.multipath |
        TCP_OPTION.unknown,
      ...foundPayload(86, 0),
    },
  },
  {
    name: 'a window scale above 14 counts as 14 (RFC 7323 §2.3)',
    layers: segment({ options: windowScale(200) }),
    found: { ...FOUND, tcpOptions: TCP_OPTION.windowScale, tcpWindowScale: 14, ...foundPayload(58, 0) },
  },
  {
    name: 'an option of length zero',
    layers: segment({ options: [...mss(536), 8, 0, 0, 0] }),
    found: {
      problem: 'tcp: malformed options',
      ...FOUND,
      tcpOptions: TCP_OPTION.mss,
      tcpMss: 536,
      ...foundPayload(62, 0),
    },
  },
  {
    name: 'an option longer than the header',
    layers: segment({ options: [8, 10, 0, 0] }),
    found: { problem: 'tcp: malformed options', ...FOUND, ...foundPayload(58, 0) },
  },
  {
    name: 'options that the capture cut are no problem',
    layers: segment({ options: [...mss(536), ...timestamp(1, 2), ...noOperation, ...noOperation] }, payload(10)),
    captured: 60,
    found: {
      ...FOUND,
      tcpOptions: TCP_OPTION.mss | TCP_OPTION.timestamp,
      tcpMss: 536,
      ...foundPayload(60, 0, 10),
    },
  },
  {
    name: 'a header length below 20',
    layers: segment({ dataOffset: 4 }, payload(10)),
    found: {
      problem: 'tcp: header length below 20 or beyond the segment',
      ...FOUND,
      ...foundPayload(54, 10),
    },
  },
  {
    name: 'a header length beyond the segment',
    layers: segment({ dataOffset: 15 }, payload(10)),
    found: {
      problem: 'tcp: header length below 20 or beyond the segment',
      ...FOUND,
      ...foundPayload(54, 10),
    },
  },
  {
    name: 'cut after its ports, it has ports only',
    layers: segment({}, payload(10)),
    captured: 38,
    found: { problem: 'tcp: truncated', ...FOUND_PORTS, ...foundPayload(38, 0, 10) },
  },
  {
    name: 'cut in its ports, it has none',
    layers: segment({}, payload(10)),
    captured: 37,
    found: {
      problem: 'tcp: truncated',
      ...FOUND_ETHERNET,
      ...FOUND_IPV4,
      protocol: 6,
      ...foundPayload(34, 3, 30),
    },
  },
  {
    name: 'over IPv6',
    layers: [ethernet(), IPV6, tcp({ sourcePort: 1, destinationPort: 2, window: 3 }), payload(4)],
    found: {
      ...FOUND_ETHERNET,
      ...FOUND_IPV6,
      protocol: 6,
      hasPorts: true,
      sourcePort: 1,
      destinationPort: 2,
      tcpFlags: TCP_FLAG.ack,
      tcpWindow: 3,
      ...foundPayload(74, 4),
    },
  },
]);
