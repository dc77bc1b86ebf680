import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MergedSource } from '../../libs/capture/merged-source.ts';
import type { RingSource } from '../../libs/capture/ring-source.ts';
import { netLabMissing } from '../support/netlab.ts';
import { NumberChecker, numberedPackets } from '../support/numbered-packets.ts';
import { readPackets, RingLab } from '../support/ring-lab.ts';
import { PATIENCE } from '../support/patience.ts';

const options = { skip: netLabMissing() ?? false, ...PATIENCE };

async function labOfTwo(): Promise<{ lab: RingLab; sources: RingSource[]; merged: MergedSource }> {
  const lab = await RingLab.create();
  await lab.net.addSecondLink();
  const sources = ['rx0', 'rx1'].map((device) => lab.openOne(device));
  return { lab, sources, merged: new MergedSource(sources) };
}

/** Reads to the end. @returns how many packets came, of what came in the order of time */
async function inOrder(merged: MergedSource, checker: NumberChecker): Promise<number> {
  let lastUs = 0;
  await readPackets(merged, (bytes, { timeUs }) => {
    checker.add(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
    assert.ok(timeUs >= lastUs, `${timeUs} after ${lastUs}`);
    lastUs = timeUs;
  });
  return checker.packets;
}

test('packets of two interfaces come in the order of time, all of them', options, async () => {
  const { lab, sources, merged } = await labOfTwo();
  await using _ = lab;
  const file = lab.file(numberedPackets(5000));
  const checker = new NumberChecker(5000);
  const sent = Promise.all([lab.net.replay(file, 20_000, 'tx0'), lab.net.replay(file, 15_000, 'tx1')]);
  const stopped = sent.then(() => merged.stop());
  const packets = await inOrder(merged, checker);
  await stopped;
  const { received, droppedByKernel, droppedByUs } = merged.counters;
  assert.deepEqual([packets, checker.foreign, droppedByUs], [received, 0, 0]);
  // A machine that is busy with other tests may drop some, and says so.
  assert.equal(received + droppedByKernel, 10_000);
  if (droppedByKernel > 0) return;
  assert.equal(checker.unique, 5000);
  assert.deepEqual(sources.map(({ counters }) => counters.received), [5000, 5000]); // prettier-ignore
});

test('packets wait for those of a quiet interface no longer than they may', options, async () => {
  const { lab, merged } = await labOfTwo();
  await using _ = lab;
  const count = 2000;
  const file = lab.file(numberedPackets(count));
  const boundUs = merged.delayUs + 500_000;
  let [packets, leastUs, sent] = [0, Infinity, 0];
  const take = (_bytes: Uint8Array, { timeUs }: { timeUs: number }): void => {
    packets += 1;
    leastUs = Math.min(leastUs, Date.now() * 1000 - timeUs);
  };
  // Nothing comes of the other interface, and nobody tells that nothing will; a machine that stands still drops or delays some.
  do {
    sent += count;
    const sending = lab.net.replay(file, 10_000);
    await readPackets(merged, take, () => packets + merged.counters.droppedByKernel >= sent);
    await sending;
  } while (leastUs >= boundUs);
  assert.ok(packets > 0);
});

test('an interface that vanishes is heard of while the other is busy, which goes on', options, async () => {
  const { lab, merged } = await labOfTwo();
  await using _ = lab;
  const count = 30_000;
  const checker = new NumberChecker(count);
  const file = lab.file(numberedPackets(count));
  let rounds = 0;
  const send = async (): Promise<void> => {
    for (; rounds === 0 || !heard(); rounds++) await lab.net.replay(file, 15_000);
  };
  const heard = (): boolean => lab.events.some(({ device, state }) => device === 'rx1' && state === 'gone');
  const add = (bytes: Uint8Array): void => checker.add(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
  const sending = send();
  await readPackets(merged, add, () => checker.packets > 100);
  await lab.net.deleteLink('rx1');
  await readPackets(merged, add, heard);
  const stopped = sending.then(() => merged.stop());
  await inOrder(merged, checker);
  await stopped;
  assert.equal(checker.packets + merged.counters.droppedByKernel, rounds * count);
  assert.equal(merged.damage, null);
});
