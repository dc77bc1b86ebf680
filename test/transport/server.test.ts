import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { InputError } from '../../libs/core/errors.ts';
import { FLOW_BATCH, GAP_BATCH, type Batch } from '../../libs/record/batch.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { RecordServer } from '../../libs/transport/server.ts';
import { assertSameBatch } from '../support/batches.ts';
import { freePort } from '../support/free-port.ts';
import {
  admitted,
  bulkyFlows,
  collect,
  converse,
  flows,
  hello,
  HOST,
  refusalIn,
  START,
  startServer,
  unread,
} from './lab.ts';

const ends = (batch: Batch): number => batch.first + batch.covers;

test('every reader gets the start record first and then every batch once, in order', async () => {
  await using lab = await startServer();
  const readers = await Promise.all(Array.from({ length: 20 }, () => admitted(lab.port)));
  assert.equal(lab.server.stats.readers, 20);
  const sent = [flows([6, 17, 1], 1), flows([6], 4), bulkyFlows(300, 5)];
  for (const batch of sent) lab.server.push(batch);
  for (const reader of readers) {
    const received = await collect(reader, (batch) => ends(batch) === 305);
    assert.equal(received.length, sent.length);
    for (const [index, batch] of received.entries()) assertSameBatch(batch, sent[index]!);
  }
});

test('a reader begins with now, not with what went before', async () => {
  await using lab = await startServer();
  lab.server.push(flows([6], 1));
  const reader = await admitted(lab.port);
  lab.server.push(flows([17], 2));
  const [gap, next] = [await reader.next(), await reader.next()].map(({ value }) => value as Batch);
  assert.deepEqual([gap!.kind, gap!.first, gap!.covers, gap!.note], [GAP_BATCH, 1, 1, 'before this reader came']);
  assert.equal(next!.first, 2);
});

test('a reader that came before the start record gets it when it is there', async () => {
  const server = new RecordServer({ program: 'x', source: '1', startUs: 1 });
  const [address] = await server.listen({ hosts: [HOST], port: 0 });
  const reader = unread(address!.port, { filter: 'tcp' });
  const first = reader.next();
  while (server.stats.readers === 0) await new Promise((resolve) => setImmediate(resolve));
  server.setStart(START);
  server.setStart(START);
  assertSameBatch((await first).value as Batch, START);
  server.push(flows([6], 1));
  assert.equal(((await reader.next()).value as Batch).first, 1);
  await server.close(50);
});

test('a filter is applied at the server; what it removes stays accounted for', async () => {
  await using lab = await startServer({ flushMs: 20 });
  const reader = await admitted(lab.port, { filter: 'tcp' });
  lab.server.push(flows([17, 6, 17], 1));
  lab.server.push(flows([17, 17], 4));
  const received = await collect(reader, (batch) => ends(batch) === 6);
  assert.deepEqual(
    received.map(({ kind, first, covers, rows }) => [kind, first, covers, rows]),
    [
      [FLOW_BATCH, 1, 3, 1],
      [FLOW_BATCH, 4, 2, 0],
    ],
  );
});

test('only the fields that a reader wants are sent', async () => {
  await using lab = await startServer();
  const { suser, ipproto } = STORED_FIELDS;
  const reader = await admitted(lab.port, { fields: [ipproto.number] });
  lab.server.push({ ...flows([6], 1), unknown: [] });
  lab.server.push(bulkyFlows(2, 2));
  const received = await collect(reader, (batch) => ends(batch) === 4);
  assert.ok(received[0]!.columns[ipproto.number] !== undefined);
  assert.equal(received[1]!.rows, 2);
  assert.equal(received[1]!.columns[suser.number], undefined);
});

test('a slow reader delays nobody, and is told exactly what it missed', async () => {
  await using lab = await startServer({ queueBytesMax: 256 * 1024 });
  const { server } = lab;
  const slow = await admitted(lab.port);
  const fast = await admitted(lab.port);
  let next = 1;
  const pushAndTake = async (): Promise<void> => {
    server.push(bulkyFlows(200, next));
    next += 200;
    const [batch] = await collect(fast, () => true);
    assert.equal(batch?.kind, FLOW_BATCH);
    assert.equal(ends(batch), next);
  };
  // What the two kernels hold differs between machines; it is far below 200 MB.
  for (let pushes = 0; server.stats.dropped === 0 && pushes < 1000; pushes++) await pushAndTake();
  for (let more = 0; more < 5; more++) await pushAndTake();
  const { dropped, queuedBytes } = server.stats;
  assert.ok(dropped >= 200 && dropped % 200 === 0, `${dropped} were dropped`);
  assert.ok(queuedBytes <= 1024 * 1024, `${queuedBytes} bytes wait`);

  server.push(flows([6], next));
  const received = await collect(slow, (batch) => ends(batch) === next + 1);
  let expected = 1;
  for (const batch of received) {
    assert.equal(batch.first, expected);
    expected = ends(batch);
  }
  assert.equal(expected, next + 1);
  const gaps = received.filter((batch) => batch.kind === GAP_BATCH);
  assert.equal(
    gaps.reduce((sum, { covers }) => sum + covers, 0),
    dropped,
  );
  assert.equal(server.stats.dropped, dropped);
});

test('who sends something else is cut with the reason', async () => {
  await using lab = await startServer();
  const received = await converse(lab.port, Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  assert.equal(refusalIn(received).refusal, 'hello');
  const flood = await converse(lab.port, Buffer.concat([hello().subarray(0, 4), Buffer.alloc(100_000, 0xff)]));
  assert.equal(refusalIn(flood).refusal, 'hello');
  assert.equal(lab.server.stats.refused, 2);
});

test('who says nothing is cut with the reason', async () => {
  await using lab = await startServer({ helloMs: 20 });
  assert.equal(refusalIn(await converse(lab.port, undefined)).refusal, 'silent');
  assert.equal(refusalIn(await converse(lab.port, hello().subarray(0, 10))).refusal, 'silent');
});

test('a wish that cannot be granted is refused with the reason', async () => {
  await using lab = await startServer();
  const filter = refusalIn(await converse(lab.port, hello({ filter: 'tpc' })));
  assert.equal(filter.refusal, 'filter');
  assert.match(filter.reason, /'tpc'[^]*\^[^]*'tcp'/);
  const version = refusalIn(await converse(lab.port, hello({ version: 9 })));
  assert.equal(version.refusal, 'version');
  assert.equal(lab.server.stats.readers, 0);
});

test('more readers than the limit are refused, until one goes', async () => {
  await using lab = await startServer({ readersMax: 2 });
  const first = await admitted(lab.port);
  await admitted(lab.port);
  await assert.rejects(admitted(lab.port), { name: 'RefusedError', message: /all 2 places/ });
  await first.return?.();
  while (lab.server.stats.readers === 2) await new Promise((resolve) => setImmediate(resolve));
  await admitted(lab.port);
});

test('silent connections do not take the places of readers', async () => {
  await using lab = await startServer({ readersMax: 2 });
  const silent = Array.from({ length: 20 }, () => connect({ host: HOST, port: lab.port }));
  await Promise.all(silent.map((socket) => once(socket, 'data')));
  await admitted(lab.port);
  assert.equal(lab.server.stats.readers, 1);
  for (const socket of silent) socket.destroy();
});

test('close delivers all that waits and a farewell', async () => {
  const { server, port } = await startServer({}, await freePort());
  const readers = await Promise.all([admitted(port), admitted(port, { filter: 'udp' })]);
  for (let first = 1; first <= 100; first++) server.push(flows([first % 2 === 0 ? 6 : 17], first));
  server.push(bulkyFlows(2000, 101));
  const closed = server.close();
  const [all, udp] = await Promise.all(readers.map((reader) => collect(reader)));
  await closed;
  assert.equal(
    all!.reduce((sum, { rows }) => sum + rows, 0),
    2100,
  );
  assert.equal(
    udp!.reduce((sum, { rows }) => sum + rows, 0),
    50,
  );
  assert.equal(
    udp!.reduce((sum, { covers }) => sum + covers, 0),
    2100,
  );
  await assert.rejects(admitted(port), /nothing listens/);
});

test('close does not wait for a reader that takes nothing', async () => {
  const { server, port } = await startServer({ queueBytesMax: 1 << 28 });
  await admitted(port);
  for (let first = 1; first < 30_000; first += 1000) server.push(bulkyFlows(1000, first));
  assert.ok(server.stats.queuedRecords > 0);
  await server.close(50);
  assert.equal(server.stats.readers, 0);
});

test('close waits for a reader that goes on taking, however slowly', async () => {
  const { server, port } = await startServer({ queueBytesMax: 1 << 28 });
  const socket = connect({ host: HOST, port });
  socket.write(hello());
  while (server.stats.readers === 0) await new Promise((resolve) => setImmediate(resolve));
  for (let first = 1; first < 30_000; first += 1000) server.push(bulkyFlows(1000, first));
  const closed = server.close(1000);
  let bytes = 0;
  for await (const chunk of socket) {
    bytes += (chunk as Buffer).length;
    await delay(4); // two seconds in all
  }
  await closed;
  assert.ok(bytes > 30_000 * 1024, `${bytes} bytes`);
});

test('an address that is taken is refused with the reason', async () => {
  await using lab = await startServer();
  const other = new RecordServer({ program: 'x', source: '1', startUs: 1 });
  await assert.rejects(other.listen({ hosts: [HOST], port: lab.port }), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /cannot listen on 127\.0\.0\.1 port \d+: another program listens there/);
    return true;
  });
  await assert.rejects(other.listen({ hosts: ['192.0.2.1'], port: 0 }), /no such address/);
  await other.close();
});

test('a server listens on several addresses', async () => {
  const server = new RecordServer({ program: 'x', source: '1', startUs: 1 });
  server.setStart(START);
  const addresses = await server.listen({ hosts: [HOST, '127.0.0.2'], port: 0 });
  assert.deepEqual(
    addresses.map(({ address }) => address),
    [HOST, '127.0.0.2'],
  );
  for (const { address, port } of addresses) await admitted(port, { host: address });
  assert.equal(server.stats.readers, 2);
  await server.close(50);
});

test('a reader that breaks off while the server ends is no failure', async () => {
  const { server, port } = await startServer();
  const socket = connect({ host: HOST, port });
  socket.on('error', () => undefined);
  socket.write(hello());
  await once(socket, 'data');
  while (server.stats.readers === 0) await new Promise((resolve) => setImmediate(resolve));
  for (let first = 1; first < 30_000; first += 1000) server.push(bulkyFlows(1000, first));
  const closed = server.close(5000);
  socket.resetAndDestroy();
  await closed;
});
