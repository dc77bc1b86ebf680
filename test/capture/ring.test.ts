import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { captureFilter } from '../../libs/capture/capture-filter.ts';
import { InputError, UsageError } from '../../libs/core/errors.ts';
import { openRings } from '../../libs/capture/ring-socket.ts';
import { ethernet, vlan } from '../../libs/packet/build/link.ts';
import { ipv4, ipv6, ipv6Extension } from '../../libs/packet/build/ip.ts';
import { packet } from '../../libs/packet/build/layer.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { tcp, udp } from '../../libs/packet/build/transport.ts';
import { SAMPLES } from '../packet/samples.ts';
import { netLabMissing } from '../support/netlab.ts';
import { NumberChecker, numberedPackets } from '../support/numbered-packets.ts';
import { pcapFile } from '../support/pcap-writer.ts';
import { readCapture } from '../support/read-capture.ts';
import { packetsToTheEnd, readPackets, RING, RingLab } from '../support/ring-lab.ts';
import { PATIENCE } from '../support/patience.ts';

const options = { skip: netLabMissing() ?? false, ...PATIENCE };

const ETHERNET = 1;
const QINQ = 0x88a8;

/** Frames of all kinds that an interface of 1,500 bytes carries. */
function sampleFrames(): Uint8Array[] {
  return SAMPLES.filter(({ linkType }) => linkType === ETHERNET)
    .map(({ bytes }) => bytes)
    .filter(({ length }) => length >= 14 && length <= 1514);
}

/** UDP and others, without a tag, with one and with two. */
function taggedFrames(): Uint8Array[] {
  const datagram = [ipv4({ source: 0x0a000001, destination: 0x0a000002 }), udp({ sourcePort: 1, destinationPort: 53 })];
  const segment = [ipv4({ source: 0x0a000001, destination: 0x0a000003 }), tcp({ sourcePort: 1, destinationPort: 80 })];
  const tagged = (...ids: number[]) => ids.map((id) => vlan(id));
  return [
    packet(ethernet(), ...datagram, payload(30)),
    packet(ethernet(), ...tagged(5), ...datagram, payload(30)),
    packet(ethernet(), vlan(7, { tpid: QINQ }), vlan(5), ...datagram, payload(30)),
    packet(ethernet(), ...segment, payload(30)),
    packet(ethernet(), ...tagged(5), ...segment, payload(30)),
    packet(
      ethernet(),
      ipv6({ source: [1, 0, 0, 1], destination: [1, 0, 0, 2] }),
      ipv6Extension(60),
      udp({ sourcePort: 3, destinationPort: 4 }),
      payload(30),
    ),
  ];
}

function capture(frames: readonly Uint8Array[]): Uint8Array {
  return pcapFile(frames.map((bytes, i) => ({ timeUs: 1e15 + i, bytes })));
}

test('packets come as they were sent, tags and all, at the time that it is', options, async () => {
  await using lab = await RingLab.create();
  const source = lab.openOne();
  const frames = [...sampleFrames(), ...taggedFrames()];
  const beforeUs = Date.now() * 1000;
  await lab.replay(capture(frames));
  const seen = await packetsToTheEnd(source);
  assert.deepEqual(
    seen.map(({ hex }) => hex),
    frames.map((bytes) => Buffer.from(bytes).toString('hex')),
  );
  for (const { hex, wire, linkType } of seen) assert.deepEqual([wire, linkType], [hex.length / 2, ETHERNET]);
  let lastUs = beforeUs - 1000;
  for (const { timeUs } of seen) {
    assert.ok(timeUs >= lastUs && timeUs <= Date.now() * 1000 + 1000, `${timeUs} after ${lastUs}`);
    lastUs = timeUs;
  }
  assert.deepEqual({ ...source.counters, droppedByInterface: 0 }, { received: frames.length, filtered: 0, droppedByKernel: 0, droppedByInterface: 0, droppedByUs: 0 }); // prettier-ignore
  assert.equal(source.damage, null);
});

test('large frames come whole', options, async () => {
  await using lab = await RingLab.create();
  await lab.net.deleteLink();
  await lab.net.recreateLink(9000);
  const source = lab.openOne();
  const frames = Array.from({ length: 60 }, (_, i) => new Uint8Array(9014 - i).fill(i, 14));
  for (const frame of frames) frame.set(packet(ethernet({ etherType: 0x9000 })));
  await lab.replay(capture(frames));
  assert.deepEqual(
    (await packetsToTheEnd(source)).map(({ hex }) => hex),
    frames.map((bytes) => Buffer.from(bytes).toString('hex')),
  );
});

test(
  'packets received and packets dropped are those that the interface received, however small the ring',
  options,
  async () => {
    await using lab = await RingLab.create();
    const count = 100_000;
    const file = numberedPackets(count, { flows: 50 });
    for (const { blocks, pauses } of [
      { blocks: 128, pauses: false },
      { blocks: 4, pauses: true },
    ]) {
      const before = await lab.net.rxPackets();
      const source = lab.openOne('rx0', { blocks });
      const checker = new NumberChecker(count);
      const add = (bytes: Uint8Array): void => checker.add(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
      if (pauses)
        await lab.replay(file); // nobody reads meanwhile, and the ring fills
      else await Promise.all([lab.replay(file).then(() => source.stop()), readPackets(source, add)]);
      source.stop();
      await readPackets(source, add);
      const { received, droppedByKernel } = source.counters;
      assert.equal((await lab.net.rxPackets()) - before, count);
      assert.equal(received + droppedByKernel, count);
      assert.equal(checker.unique, received);
      assert.equal(checker.foreign, 0);
      // Where it is read meanwhile, a machine that is busy with other tests may drop some, too.
      if (pauses) assert.ok(droppedByKernel > 0);
      lab.closeRings();
    }
  },
);

test('rings that share an interface have or dropped all that it received', options, async () => {
  await using lab = await RingLab.create();
  const count = 100_000;
  const sources = lab.open('rx0', { blocks: 12 }, '', 3);
  const checker = new NumberChecker(count);
  await lab.replay(numberedPackets(count, { flows: 200 })); // more than there is room for
  for (const source of sources) {
    source.stop();
    await readPackets(source, (bytes) => checker.add(new DataView(bytes.buffer, bytes.byteOffset, bytes.length)));
    assert.ok(source.counters.received > 1000);
  }
  const sum = (key: 'received' | 'droppedByKernel'): number =>
    sources.reduce((total, { counters }) => total + counters[key], 0);
  assert.ok(sum('droppedByKernel') > 0);
  assert.equal(sum('received') + sum('droppedByKernel'), await lab.net.rxPackets());
  assert.deepEqual([checker.unique, checker.packets], [sum('received'), sum('received')]);
});

test('without the right to capture it is said what is missing', options, () => {
  const effective = process.geteuid!();
  process.seteuid!('nobody');
  try {
    assert.throws(() => openRings('lo', '', RING, 1), {
      name: 'NotPermittedError',
      message: 'lo: not permitted to capture',
    });
  } finally {
    process.seteuid!(effective);
  }
});

const LONG_LIST = Array.from({ length: 200 }, (_, i) => `host 10.1.${i >> 4}.${i & 15}`).join(' or ');
const FILTERS = [
  'udp',
  'vlan',
  'vlan 5',
  'vlan 5 and udp',
  'vlan 7 and vlan 5',
  'udp or (vlan 5 and tcp)',
  'not vlan',
  'ip6 protochain 17',
  'tcp[2:2] = 80',
  'greater 80',
  `udp or ${LONG_LIST}`,
];

test('a filter takes of what comes what it takes of a file', options, async () => {
  await using lab = await RingLab.create();
  const bytes = capture([...taggedFrames(), ...sampleFrames()]);
  const onAll = ['udp', 'vlan 5', 'not vlan'].map((filter) => ({ device: 'any', filter }));
  for (const { device, filter } of [...FILTERS.map((each) => ({ device: 'rx0', filter: each })), ...onAll]) {
    const optimize = filter.length < 1000; // libpcap's optimiser takes a second for the long list
    const source = lab.openOne(device, { optimize }, filter);
    await lab.replay(bytes);
    const live = await packetsToTheEnd(source);
    const file = await readCapture(bytes, bytes.length, { filter: captureFilter(filter, optimize)! });
    assert.deepEqual(
      live.map(({ hex }) => hex),
      file.packets.map(({ hex }) => hex),
      `${device} ${filter.slice(0, 40)}`,
    );
    lab.closeRings();
  }
});

test(
  'what comes while the ring is opened passes its filter, what comes after it was stopped is not seen',
  options,
  async () => {
    await using lab = await RingLab.create();
    const file = lab.file(numberedPackets(20_000));
    const [program, ...words] = [...lab.net.prefix('a'), 'tcpreplay', '-q', '-i', 'tx0', '-p', '40000', '--loop', '0'];
    const sending = spawn(program, [...words, file], { stdio: 'ignore' });
    using _ = { [Symbol.dispose]: () => sending.kill() };
    const ended = once(sending, 'close');
    const sent = async (more: number): Promise<void> => {
      const packets = (await lab.net.rxPackets()) + more;
      while ((await lab.net.rxPackets()) < packets);
    };
    await sent(1);
    const refusing = Array.from({ length: 5 }, () => lab.openOne('rx0', {}, 'tcp'));
    const taking = lab.openOne('rx0', {}, 'udp');
    await sent(1);
    sending.kill();
    await ended;
    taking.stop();
    await lab.replay(numberedPackets(10, { bytes: 100 }));
    const taken = await packetsToTheEnd(taking);
    assert.ok(taken.length > 0);
    assert.deepEqual(new Set(taken.map(({ wire }) => wire)), new Set([60]));
    for (const source of refusing) {
      assert.deepEqual(await packetsToTheEnd(source), []);
      assert.equal(source.counters.droppedByKernel, 0);
    }
  },
);

test('promiscuous as wished; nothing is left when it is closed', options, async () => {
  await using lab = await RingLab.create();
  lab.openOne('rx0', { promiscuous: false });
  assert.equal(await lab.net.promiscuity(), 0);
  lab.open('rx0', {}, '', 2);
  assert.equal(await lab.net.promiscuity(), 2);
  assert.equal(await lab.net.packetSockets(), 3);
  lab.closeRings();
  assert.equal(await lab.net.promiscuity(), 0);
  assert.equal(await lab.net.packetSockets(), 0);
});

test('what cannot be opened is said, and leaves nothing', options, async () => {
  await using lab = await RingLab.create();
  assert.throws(() => openRings('rx1', '', RING, 1), { name: 'InputError', message: 'rx1: no such interface' });
  assert.throws(() => openRings('rx0', 'upd', RING, 1), UsageError);
  assert.throws(() => openRings('rx0', '', { ...RING, blockBytes: 1000 }, 1), InputError);
  assert.throws(() => openRings('rx0', '', { ...RING, blockBytes: 1000 }, 2), InputError);
  assert.equal(await lab.net.packetSockets(), 0);
});

test(
  'an interface that goes down, comes up, vanishes and returns is heard of, and captured on again',
  options,
  async () => {
    await using lab = await RingLab.create();
    const source = lab.openOne();
    const file = numberedPackets(50);
    const states = (): string => lab.events.map(({ state }) => state).join(' ');
    const until = (condition: () => boolean): Promise<void> => readPackets(source, () => undefined, condition);
    const goesOn = async (): Promise<void> => {
      const before = source.counters.received;
      await lab.replay(file);
      await until(() => source.counters.received === before + 50);
    };
    await goesOn();
    await lab.net.linkDown();
    await until(() => states() === 'down');
    await lab.net.linkUp();
    await until(() => states() === 'down up');
    await goesOn();
    await lab.net.deleteLink();
    await until(() => /^down up( down)? gone$/.test(states()));
    lab.events.length = 0;
    await lab.net.recreateLink();
    await until(() => states().startsWith('back'));
    assert.equal(await lab.net.promiscuity(), 1);
    await goesOn();
    assert.equal((await packetsToTheEnd(source)).length, 0);
    assert.equal(source.counters.droppedByKernel, 0);
  },
);

test('sources that share an interface end when it is gone, also when it was down before', options, async () => {
  for (const wasDown of [false, true]) {
    await using lab = await RingLab.create();
    const sources = lab.open('rx0', {}, '', 2);
    if (wasDown) {
      await lab.net.linkDown();
      for (const source of sources) {
        const before = lab.events.length;
        await readPackets(source, () => undefined, () => lab.events.length > before); // prettier-ignore
      }
    }
    await lab.net.deleteLink();
    for (const source of sources) {
      await readPackets(source, () => undefined);
      assert.deepEqual(source.damage, { offset: -1, reason: 'the interface is gone' });
    }
    assert.ok(lab.events.some(({ state }) => state === 'gone'));
  }
});

test('on lo a packet is seen once, on all interfaces too', options, async () => {
  await using lab = await RingLab.create();
  const sources = [lab.openOne('lo'), lab.openOne('any')];
  const send = `const s = require('dgram').createSocket('udp4'); s.send('hello', 9, '127.0.0.1', () => s.close());`;
  await lab.net.run('b', [process.execPath, '-e', send]);
  for (const source of sources) {
    const packets = (await packetsToTheEnd(source)).filter(({ hex }) => hex.includes('68656c6c6f'));
    assert.equal(packets.filter(({ hex }) => hex.slice(46, 48) === '11').length, 1, source.name);
  }
});
