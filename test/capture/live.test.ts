import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { test } from 'node:test';
import { openCap } from '../../libs/capture/cap-source.ts';

const mayCapture = process.platform === 'linux' && process.getuid?.() === 0;

test(
  'packets on the loopback interface are captured, filtered, with a time',
  { skip: mayCapture ? false : 'capturing needs root', timeout: 20_000 },
  async () => {
    const receiver = createSocket('udp4');
    await new Promise<void>((resolve) => receiver.bind(0, '127.0.0.1', resolve));
    const { port } = receiver.address();
    const source = await openCap('lo', `udp port ${port}`);
    const sender = createSocket('udp4');
    const before = Date.now() * 1000;
    try {
      let seen = 0;
      let sent = 0;
      while (seen < 10) {
        for (let i = 0; i < 10; i++) sender.send(Buffer.alloc(100 + i), port, '127.0.0.1', () => (sent += 1));
        const batch = await source.next();
        assert.notEqual(batch, null);
        for (let i = 0; i < batch!.count; i++) {
          assert.equal(batch!.linkType[i], 1);
          assert.ok(batch!.captured[i]! >= 142 && batch!.captured[i]! < 152);
          assert.ok(batch!.timeUs[i]! > before - 1e6 && batch!.timeUs[i]! < before + 60e6);
        }
        seen += batch!.count;
      }
      assert.ok(sent > 0);
      assert.equal(source.counters.received, seen);
      assert.equal(source.counters.droppedByKernel, -1);
    } finally {
      await source.close();
      sender.close();
      receiver.close();
    }
    assert.equal(await source.next(), null);
  },
);

test('an interface that does not exist is said so', { skip: mayCapture ? false : 'capturing needs root' }, async () => {
  await assert.rejects(openCap('nosuch0', ''), /nosuch0: no such interface/);
});

test('a live filter that is no filter is refused', { skip: mayCapture ? false : 'capturing needs root' }, async () => {
  await assert.rejects(openCap('lo', 'udp prot 5'), /syntax error/);
});
