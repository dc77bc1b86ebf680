import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { test } from 'node:test';
import { openCap } from '../../libs/capture/cap-source.ts';
import type { PacketBatch, PacketSource } from '../../libs/capture/source.ts';
import { PATIENCE } from '../support/patience.ts';

/** Why there can be no live capture here, or nothing. */
async function reasonNotTo(): Promise<string | false> {
  if (process.platform !== 'linux') return 'the loopback interface is lo on Linux only';
  try {
    await (await openCap('lo', '')).close();
    return false;
  } catch (error) {
    return (error as Error).message;
  }
}

const skip = await reasonNotTo();

async function boundSocket(): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return socket;
}

test(
  'packets on lo are seen, with their bytes and a time; what the filter refuses is not',
  { skip, ...PATIENCE },
  async () => {
    const [wanted, other] = [await boundSocket(), await boundSocket()];
    const { port } = wanted.address();
    const source = await openCap('lo', `udp dst port ${port}`);
    try {
      const before = Date.now() * 1000;
      for (let i = 0; i < 20; i++) {
        wanted.send(Buffer.alloc(100 + i, i), port, '127.0.0.1');
        wanted.send('not for us', other.address().port, '127.0.0.1');
      }
      let seen = 0;
      let lastUs = before - 1e6;
      while (seen < 20) {
        const batch: PacketBatch | null = await source.next();
        assert.ok(batch !== null);
        for (let i = 0; i < batch.count; i++, seen++) {
          const view: DataView = batch.view;
          const length = 14 + 20 + 8 + 100 + seen;
          assert.deepEqual([batch.captured[i], batch.wire[i], batch.linkType[i]], [length, length, 1]);
          assert.equal(view.getUint16(batch.offset[i]! + 36), port);
          assert.equal(view.getUint8(batch.offset[i]! + length - 1), seen);
          assert.ok(batch.timeUs[i]! >= lastUs && batch.timeUs[i]! < before + 60e6);
          lastUs = batch.timeUs[i]!;
        }
      }
      assert.equal(source.counters.received, 20);
      assert.equal(source.counters.droppedByKernel, -1);
      assert.equal(source.counters.droppedByUs, 0);
    } finally {
      await source.close();
      wanted.close();
      other.close();
    }
    assert.equal(await source.next(), null);
    assert.equal(source.damage, null);
  },
);

test('when nothing comes, next gives empty batches; closing ends it', { skip, ...PATIENCE }, async () => {
  const source = await openCap('lo', 'ether proto 0x9999');
  for (let i = 0; i < 3; i++) assert.equal((await source.next())?.count, 0);
  const waiting = source.next();
  await source.close();
  assert.equal(await waiting, null);
  assert.equal(source.damage, null);
});

test('an interface that goes down ends the capture, and it says so', { skip, ...PATIENCE }, async (t) => {
  const [name, peer] = [`pnca${process.pid % 10_000}`, `pncb${process.pid % 10_000}`];
  if (spawnSync('ip', ['link', 'add', name, 'type', 'veth', 'peer', 'name', peer]).status !== 0)
    return t.skip('no virtual interface can be made here');
  let source: PacketSource | undefined;
  try {
    execFileSync('ip', ['link', 'set', name, 'up']);
    execFileSync('ip', ['link', 'set', peer, 'up']);
    source = await openCap(name, '');
    assert.notEqual(await source.next(), null);
    execFileSync('ip', ['link', 'set', name, 'down']);
    while ((await source.next()) !== null);
    assert.match(source.damage?.reason ?? '', /went down/);
  } finally {
    await source?.close();
    execFileSync('ip', ['link', 'del', name]);
  }
});

test('an interface that does not exist is said so', { skip }, async () => {
  await assert.rejects(openCap('nosuch0', ''), /nosuch0: no such interface/);
});

test('a live filter that is no filter is refused in libpcap’s words', { skip }, async () => {
  await assert.rejects(openCap('lo', 'udp prot 5'), { code: 'USAGE', message: /capture filter: .*syntax error/ });
});
