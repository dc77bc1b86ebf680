import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openCaptureFile } from '../../libs/capture/open-capture.ts';
import { ipv4 } from '../../libs/packet/build/ip.ts';
import { packet } from '../../libs/packet/build/layer.ts';
import { ethernet } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { tcp, udp } from '../../libs/packet/build/transport.ts';
import { clientHello, handshakeRecord } from '../app/client-hello.ts';
import { cryptoFrame, initialPacket, KEYS_1, KEYS_2 } from '../app/quic-packet.ts';
import { RARE_SAMPLES } from '../packet/rare-samples.ts';
import { SAMPLES, type Sample } from '../packet/samples.ts';

/** Packets taken of each real capture, spread over its length as far as that is known: the first, then every so many. */
const PACKETS_A_CAPTURE = 200;
const EVERY = 7;
/** Two of them spliced still fit where they are decoded. */
const SEED_BYTES_MAX = 2000;

let seeds: Promise<readonly Sample[]> | undefined;

/** What fuzzing begins with: a packet of every kind, the first packets of applications, and those of the captures in CORPUS_DIR. */
export function seedPackets(): Promise<readonly Sample[]> {
  return (seeds ??= gather());
}

async function gather(): Promise<readonly Sample[]> {
  const found: Sample[] = [...SAMPLES, ...RARE_SAMPLES, ...applications()];
  const { CORPUS_DIR } = process.env;
  if (CORPUS_DIR === undefined) return found;
  for (const name of readdirSync(CORPUS_DIR).filter((file) => /\.pcap(ng)?$/.test(file))) {
    found.push(...(await packetsOf(join(CORPUS_DIR, name))));
  }
  return found;
}

function applications(): Sample[] {
  const hello = clientHello('www.example.org');
  const over = { source: 0x0a000001, destination: 0xc0a80105 } as const;
  const segment = (port: number, content: string | Uint8Array): Uint8Array =>
    packet(ethernet(), ipv4(over), tcp({ sourcePort: 50_000, destinationPort: port }), payload(octets(content)));
  const datagram = (port: number, content: string | Uint8Array): Uint8Array =>
    packet(ethernet(), ipv4(over), udp({ sourcePort: 50_000, destinationPort: port }), payload(octets(content)));
  return [
    segment(443, handshakeRecord(hello)),
    segment(80, 'GET / HTTP/1.1\r\nHost: example.org\r\n\r\n'),
    segment(22, 'SSH-2.0-OpenSSH_9.2\r\n'),
    segment(25, '220 mx.example.org ESMTP\r\n'),
    segment(1883, '\x10\x12\x00\x04MQTT\x04\x02\x00\x3c'),
    datagram(443, initialPacket(KEYS_1, 1, cryptoFrame(0, hello))),
    datagram(443, initialPacket(KEYS_2, 1, cryptoFrame(0, hello))),
    datagram(53, '\x00\x09\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07example\x00\x00\x01\x00\x01'),
    datagram(5004, '\x80\x00\x00\x01\x00\x00\x00\x00\x11\x22\x33\x44'),
    datagram(5005, '\x80\xc8\x00\x01\x11\x22\x33\x44'),
  ].map((bytes, index) => ({ name: `application ${index}`, linkType: 1, bytes }));
}

const octets = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? Buffer.from(content, 'latin1') : content;

async function packetsOf(path: string): Promise<Sample[]> {
  const source = await openCaptureFile(path);
  const found: Sample[] = [];
  let number = 0;
  for (let batch = await source.next(); batch !== null; batch = await source.next()) {
    const { view, offset, captured, linkType } = batch;
    for (let i = 0; i < batch.count && found.length < PACKETS_A_CAPTURE; i++) {
      if (number++ % EVERY !== 0 || captured[i]! > SEED_BYTES_MAX) continue;
      const bytes = new Uint8Array(view.buffer, view.byteOffset + offset[i]!, captured[i]).slice();
      found.push({ name: path, linkType: linkType[i]!, bytes });
    }
    if (found.length === PACKETS_A_CAPTURE) break;
  }
  await source.close();
  return found;
}
