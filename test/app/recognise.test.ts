import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { APP_NAMES, FoundApp } from '../../libs/app/found-app.ts';
import { recognise } from '../../libs/app/recognise.ts';
import { clientHello, handshakeRecord } from './client-hello.ts';
import { cryptoFrame, initialPacket, KEYS_1, KEYS_2 } from './quic-packet.ts';

const TCP = 6;
const UDP = 17;

/** What the packets of a flow tell: application and name. */
function told(protocol: number, port: number, ...packets: readonly (string | Uint8Array)[]): [string, string] {
  const found = new FoundApp();
  for (const packet of packets) {
    const bytes = Buffer.from(packet as Uint8Array);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (recognise(view, 0, bytes.length, protocol, 40_000, port, found)) break;
  }
  return [APP_NAMES[found.app]!, Buffer.from(found.name.subarray(0, found.nameBytes)).toString()];
}

const HELLO = clientHello('www.example.org');
const SERVER_HELLO = handshakeRecord(Buffer.from([2, 0, 0, 4, 3, 3, 0, 0]));
const CONNECTION_REQUEST = [0x03, 0x00, 0x00, 0x2a, 0x25, 0xe0, 0, 0, 0, 0, 0];
const DNS_QUESTION = [0, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, 119, 119, 119, 7, 101, 120, 97, 109, 112, 108, 101, 0, 0, 1, 0, 1]; // prettier-ignore
const ACK_FRAME = Buffer.from([2, 5, 0, 1, 0, 0, 0]);

type Case = readonly [what: string, port: number, packets: readonly (string | Uint8Array)[], app: string, name: string];

const OVER_TCP: readonly Case[] = [
  ['a TLS ClientHello', 443, [handshakeRecord(HELLO)], 'tls', 'www.example.org'],
  ['a ClientHello cut before its name', 443, [handshakeRecord(HELLO).subarray(0, 80)], 'tls', ''],
  ['a ClientHello in two segments', 443, [handshakeRecord(HELLO).subarray(0, 80), handshakeRecord(HELLO).subarray(80)], 'tls', 'www.example.org'], // prettier-ignore
  ['a TLS ServerHello', 443, [SERVER_HELLO], 'tls', ''],
  ['a name with a control character', 443, [handshakeRecord(clientHello('www\u0007example'))], 'tls', ''],
  ['an HTTP request', 80, ['GET / HTTP/1.1\r\nAccept: */*\r\nHOST:  example.org:8080\r\n\r\n'], 'http', 'example.org:8080'], // prettier-ignore
  ['an HTTP request in two segments', 80, ['POST / HTTP/1.1\r\nA: b', 'c\r\nHost: b.example\r\n\r\n'], 'http', 'b.example'], // prettier-ignore
  ['an HTTP response', 80, ['HTTP/1.1 200 OK\r\n\r\n'], 'http', ''],
  ['a word that begins like a method', 80, ['GET OUT of here\r\n'], 'none', ''],
  ['an SSH version', 22, ['SSH-2.0-OpenSSH_9.2p1 Debian\r\n'], 'ssh', 'SSH-2.0-OpenSSH_9.2p1 Debian'],
  ['an SMTP greeting', 25, ['220 mx.example.org ESMTP ready\r\n'], 'smtp', 'mx.example.org'],
  ['an FTP greeting', 21, ['220 (vsFTPd 3.0.3)\r\n'], 'ftp', ''],
  ['a POP3 greeting', 110, ['+OK ready\r\n'], 'pop3', ''],
  ['an IMAP greeting', 143, ['* OK IMAP4rev1\r\n'], 'imap', ''],
  ['Remote Desktop with a cookie', 3389, [Buffer.concat([Buffer.from(CONNECTION_REQUEST), Buffer.from('Cookie: mstshash=jo\r\n')])], 'rdp', 'jo'], // prettier-ignore
  ['Remote Desktop with negotiation', 3389, [Buffer.from([...CONNECTION_REQUEST, 1, 0, 8, 0, 3, 0, 0, 0])], 'rdp', ''],
  ['a connection request of another ISO protocol', 102, [Buffer.from([...CONNECTION_REQUEST, 0xc1, 2, 1, 0])], 'none', ''], // prettier-ignore
  ['MQTT', 1883, [Buffer.from('\x10\x12\x00\x04MQTT\x04\x02\x00\x3c')], 'mqtt', ''],
  ['BitTorrent', 6881, ['\x13BitTorrent protocol\x00\x00'], 'bittorrent', ''],
  ['anything else', 9, ['hello'], 'none', ''],
];

const OVER_UDP: readonly Case[] = [
  ['a DNS question', 53, [Buffer.from(DNS_QUESTION)], 'dns', 'www.example'],
  ['a DNS message that is cut', 53, [Buffer.from(DNS_QUESTION.slice(0, 18))], 'dns', 'www'],
  ['QUIC version 1', 443, [initialPacket(KEYS_1, 2, cryptoFrame(0, HELLO))], 'quic', 'www.example.org'],
  ['QUIC version 2', 443, [initialPacket(KEYS_2, 2, cryptoFrame(0, HELLO))], 'quicv2', 'www.example.org'],
  ['QUIC with its ClientHello in pieces out of order', 443, [initialPacket(KEYS_1, 0, cryptoFrame(60, HELLO.subarray(60)), ACK_FRAME, cryptoFrame(0, HELLO.subarray(0, 60)))], 'quic', 'www.example.org'], // prettier-ignore
  ['QUIC with its name in the second datagram', 443, [initialPacket(KEYS_1, 0, cryptoFrame(0, HELLO.subarray(0, 60))), initialPacket(KEYS_1, 1, cryptoFrame(60, HELLO.subarray(60)))], 'quic', 'www.example.org'], // prettier-ignore
  ['QUIC with its name in the second packet of a datagram', 443, [Buffer.concat([initialPacket(KEYS_1, 0, cryptoFrame(0, HELLO.subarray(0, 60))), initialPacket(KEYS_1, 1, cryptoFrame(60, HELLO.subarray(60)))])], 'quic', 'www.example.org'], // prettier-ignore
  ['QUIC that does not open', 443, [initialPacket(KEYS_1, 2, cryptoFrame(0, HELLO)).fill(0, 100, 101)], 'quic', ''],
  ['QUIC of a draft', 443, [Buffer.from([0xc0, 0xff, 0, 0, 0x1d, 1, 7, 1, 8])], 'quicdraft', ''],
  ["Google's QUIC", 443, [Buffer.from([0x0d, 1, 2, 3, 4, 5, 6, 7, 8, 0x51, 0x30, 0x34, 0x33, 1])], 'gquic', ''],
  ['anything else', 443, ['hello, world'], 'none', ''],
];

for (const [protocol, cases] of [
  [TCP, OVER_TCP],
  [UDP, OVER_UDP],
] as const) /* prettier-ignore */ {
  for (const [what, port, packets, app, name] of cases) {
    test(`recognise: ${what}`, () => assert.deepEqual(told(protocol, port, ...packets), [app, name]));
  }
}

test('recognise: a long name is cut', () => {
  const [, name] = told(TCP, 443, handshakeRecord(clientHello(`${'a'.repeat(100)}.example`)));
  assert.equal(name, 'a'.repeat(64));
});

const SEEDS: readonly Uint8Array[] = [...OVER_TCP, ...OVER_UDP].flatMap(([, , packets]) =>
  packets.map((packet) => Buffer.from(packet as Uint8Array)),
);

test('recognise reads nothing beyond the packet and never throws', () => {
  const mutant = fc.tuple(fc.nat(SEEDS.length - 1), fc.nat(400), fc.nat(400), fc.nat(255)).map(([seed, length, at, byte]) => {
    const bytes = Buffer.from(SEEDS[seed]!.subarray(0, length));
    if (bytes.length > 0) bytes[at % bytes.length] = byte;
    return bytes;
  }); // prettier-ignore
  fc.assert(
    fc.property(mutant, fc.constantFrom(TCP, UDP), fc.constantFrom(53, 443), (bytes, protocol, port) => {
      const results = [0x00, 0xff].map((beyond) => {
        const room = Buffer.alloc(bytes.length + 64, beyond);
        bytes.copy(room, 16);
        const found = new FoundApp();
        recognise(new DataView(room.buffer, room.byteOffset, room.length), 16, 16 + bytes.length, protocol, 1, port, found);
        return [found.app, Buffer.from(found.name.subarray(0, found.nameBytes)).toString('hex')];
      }); // prettier-ignore
      assert.deepEqual(results[0], results[1]);
    }),
    { numRuns: 3000, seed: 1 },
  );
});
