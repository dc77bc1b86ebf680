import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TCP_FLAG } from '../../libs/packet/headers.ts';
import { ipv4, ipv6, type Ipv4, type Ipv6 } from '../../libs/packet/build/ip.ts';
import { packet, type Layer } from '../../libs/packet/build/layer.ts';
import { arp, ethernet, vlan } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { icmp, tcp, tcpOption, udp } from '../../libs/packet/build/transport.ts';
import { writeCapture } from '../../libs/synthetic/capture-file.ts';
import { mixedTraffic } from '../../libs/synthetic/traffic.ts';
import { pcapFile, pcapngFile, type WrittenPacket } from '../support/pcap-writer.ts';

/** The captures that golden cases and the pages' examples read: `visit.pcap` and `odd.pcapng`, made by hand, and believable `capture.pcap`. */
export async function writeGoldenCaptures(folder: string): Promise<void> {
  writeFileSync(join(folder, 'visit.pcap'), pcapFile(visit()));
  writeFileSync(join(folder, 'odd.pcapng'), pcapngFile(odd(), [{ linkType: 1 }, { linkType: 147 }]));
  const traffic = mixedTraffic({ packets: 5000, flows: 200, seconds: 30, seed: 7 });
  await writeCapture(join(folder, 'capture.pcap'), traffic, { snapBytes: 256 });
}

/** 1 March 2026, 12:00 UTC. */
const START_US = 1_772_366_400_000_000;
const CLIENT: Ipv4 = 0x0a000002; // 10.0.0.2
const ROUTER: Ipv4 = 0x0a000001;
const RESOLVER: Ipv4 = 0x09090909;
const SERVER: Ipv4 = 0xc0000250; // 192.0.2.80
const CLIENT6: Ipv6 = [0x20010db8, 0, 0, 2];
const CLOCK6: Ipv6 = [0x20010db8, 0, 0, 0x123];

/** Frames of a link that nobody knows, and packets that are cut or wrong, among good ones. */
function odd(): WrittenPacket[] {
  const request = at(0, ...knock());
  const withLength = (bytes: number): WrittenPacket => ({ ...request, bytes: request.bytes.subarray(0, bytes) });
  const wrongHeader = request.bytes.slice();
  wrongHeader[14] = 0x41; // a header of four bytes
  return [
    request,
    withLength(36),
    withLength(30),
    withLength(30),
    { ...request, bytes: wrongHeader },
    { ...request, bytes: new Uint8Array(60), from: 1 },
    { ...request, bytes: new Uint8Array(80).fill(7), from: 1 },
  ];
}

/** A host finds its router, resolves a name, reads a page, pings, asks the time, and knocks at a closed port. */
function visit(): WrittenPacket[] {
  return [
    at(0, arp({ senderIp: CLIENT, targetIp: ROUTER })),
    at(0.0004, arp({ operation: 2, senderIp: ROUTER, targetIp: CLIENT })),
    at(0.001, ...from(CLIENT, RESOLVER), udp({ sourcePort: 40_001, destinationPort: 53 }), payload(29)),
    at(0.0215, ...from(RESOLVER, CLIENT), udp({ sourcePort: 53, destinationPort: 40_001 }), payload(45)),
    ...pageRead(0.03),
    at(1, ...from(CLIENT, SERVER), icmp({ type: 8, id: 77, sequence: 1 }), payload(56)),
    at(1.0402, ...from(SERVER, CLIENT, 54), icmp({ type: 0, id: 77, sequence: 1 }), payload(56)),
    at(2, vlan(42), ipv6({ source: CLIENT6, destination: CLOCK6 }), ...clock(123, 123)),
    at(2.0301, vlan(42), ipv6({ source: CLOCK6, destination: CLIENT6 }), ...clock(123, 123)),
    at(3, ...knock()),
    at(3.041, ...from(SERVER, CLIENT, 54), icmp({ type: 3, code: 3 }), ...knock()),
  ];
}

function at(seconds: number, ...layers: Layer[]): WrittenPacket {
  return { timeUs: START_US + Math.round(seconds * 1e6), bytes: packet(ethernet(), ...layers) };
}

function from(source: Ipv4, destination: Ipv4, ttl = 64): Layer[] {
  return [ipv4({ source, destination, ttl, dontFragment: true })];
}

function clock(sourcePort: number, destinationPort: number): Layer[] {
  return [udp({ sourcePort, destinationPort }), payload(48)];
}

function knock(): Layer[] {
  return [...from(CLIENT, SERVER), udp({ sourcePort: 40_002, destinationPort: 33_434 }), payload(12)];
}

/** A connection from its first SYN to the last ACK, with one segment sent twice. */
function pageRead(startSeconds: number): WrittenPacket[] {
  const request = 'GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n';
  const segmentBytes = 1000;
  const { syn, ack, fin, psh } = TCP_FLAG;
  const options = [
    ...tcpOption.mss(1460),
    ...tcpOption.sackPermitted,
    ...tcpOption.noOperation,
    ...tcpOption.windowScale(7),
  ];
  let seconds = startSeconds;
  const segment = (isAnswer: boolean, flags: number, sequence: number, acknowledgement: number, ...more: Layer[]) => {
    const ports = isAnswer ? { sourcePort: 80, destinationPort: 50_001 } : { sourcePort: 50_001, destinationPort: 80 };
    const path = isAnswer ? from(SERVER, CLIENT, 54) : from(CLIENT, SERVER);
    const fields = { ...ports, flags, sequence, acknowledgement, ...((flags & syn) !== 0 && { options }) };
    return at((seconds += 0.02), ...path, tcp(fields), ...more);
  };
  const body = (index: number): WrittenPacket =>
    segment(true, ack | psh, 9001 + index * segmentBytes, 1001 + request.length, payload(segmentBytes));
  const asked = 1001 + request.length;
  const answered = 9001 + 3 * segmentBytes;
  return [
    segment(false, syn, 1000, 0),
    segment(true, syn | ack, 9000, 1001),
    segment(false, ack, 1001, 9001),
    segment(false, ack | psh, 1001, 9001, payload(request)),
    body(0),
    body(1),
    body(1),
    body(2),
    segment(false, ack, asked, answered),
    segment(true, fin | ack, answered, asked),
    segment(false, fin | ack, asked, answered + 1),
    segment(true, ack, answered + 1, asked + 1),
  ];
}
