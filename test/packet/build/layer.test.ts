import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packet, writePacket } from '../../../libs/packet/build/layer.ts';
import { ethernet } from '../../../libs/packet/build/link.ts';
import { payload } from '../../../libs/packet/build/payload.ts';
import { udp } from '../../../libs/packet/build/transport.ts';
import { IPV4 } from '../decoded.ts';

const LAYERS = [ethernet(), IPV4, udp({ sourcePort: 1024, destinationPort: 9 }), payload('hello')];

test('packet: lengths, types and checksums are filled in', () => {
  assert.equal(
    Buffer.from(packet(...LAYERS)).toString('hex'),
    [
      ['020000000002', '020000000001', '0800'],
      ['4500', '0021', '0007', '0000', '3f11', '67c3', '0a000001', '0a000002'],
      ['0400', '0009', '000d', 'a3f6'],
      ['68656c6c6f'],
    ]
      .flat()
      .join(''),
  );
});

test('writePacket: a used buffer gives the same bytes', () => {
  const view = new DataView(new Uint8Array(100).fill(0xee).buffer);
  const end = writePacket(view, 7, LAYERS);
  assert.deepEqual(new Uint8Array(view.buffer, 7, end - 7), packet(...LAYERS));
  assert.equal(view.getUint8(6), 0xee);
  assert.equal(view.getUint8(end), 0xee);
});

test('writePacket: what does not fit is refused before anything is written', () => {
  const view = new DataView(new ArrayBuffer(46));
  assert.throws(() => writePacket(view, 0, LAYERS), RangeError);
  assert.deepEqual(new Uint8Array(view.buffer), new Uint8Array(46));
});
