import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeLayers, decodePacket } from '../../libs/packet/decode.ts';
import { Headers } from '../../libs/packet/headers.ts';
import { ipv4 } from '../../libs/packet/build/ip.ts';
import { packet } from '../../libs/packet/build/layer.ts';
import { ethernet } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { tcp, tcpOption } from '../../libs/packet/build/transport.ts';
import { mutator } from '../fuzz/packets.ts';
import { SCRATCH } from './decoded.ts';

const A = 0x0a000001;
const B = 0xc0000202;

/** All that was found, without what only the decoders use between themselves. */
function found(h: Headers): unknown {
  return Object.entries(h).filter(([name]) => !SCRATCH.has(name) && (name !== 'quoted' || h.quoted.present));
}

test('a plain segment is decoded in one step; with anything else about it, layer by layer', () => {
  const segment = { sourcePort: 1, destinationPort: 2, flags: 16 };
  const cases: [string, Uint8Array, boolean][] = [
    ['no options', packet(ethernet(), ipv4({ source: A, destination: B }), tcp(segment), payload(5)), true],
    [
      'a SYN with options',
      packet(
        ethernet(),
        ipv4({ source: A, destination: B }),
        tcp({ ...segment, flags: 2, options: tcpOption.mss(1460) }),
      ),
      false,
    ],
  ];
  for (const [name, bytes, isPlain] of cases) {
    const headers = new Headers();
    decodePacket(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, bytes.length, 1, headers);
    assert.equal(headers.isPlain, isPlain, name);
  }
});

test('one step finds what the layers find, whatever came before', () => {
  const next = mutator(77);
  const view = new DataView(new ArrayBuffer(4096));
  const reused = new Headers();
  let plain = 0;
  const base = packet(
    ethernet(),
    ipv4({ source: A, destination: B }),
    tcp({ sourcePort: 40_000, destinationPort: 443, sequence: 9, acknowledgement: 8, flags: 24, window: 7 }),
    payload(40),
  );
  for (let run = 0; run < 30_000; run++) {
    let { length, wireBytes, linkType } = next(view);
    if (run % 3 === 0) {
      // A plain segment with one byte of its headers changed, or cut.
      new Uint8Array(view.buffer).set(base);
      view.setUint8((run * 7) % 60, (run * 31) & 255);
      [length, wireBytes, linkType] = [run % 5 === 0 ? run % base.length : base.length, base.length + (run % 4) - 1, 1];
    }
    const fresh = new Headers();
    decodeLayers(view, 0, length, wireBytes, linkType, fresh);
    decodePacket(view, 0, length, wireBytes, linkType, reused);
    if (reused.isPlain) plain += 1;
    assert.deepEqual(found(reused), found(fresh), `run ${run}`);
  }
  assert.ok(plain > 2000, `${plain} plain segments`);
});
