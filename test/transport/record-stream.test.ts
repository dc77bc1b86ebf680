import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import test from 'node:test';
import { encodeBatch } from '../../libs/codec/encode.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { OriginLedger } from '../../libs/record/ledger.ts';
import { encodeGreeting } from '../../libs/transport/greeting.ts';
import { encodeAnswer } from '../../libs/transport/handshake.ts';
import { readMessage } from '../../libs/transport/message.ts';
import { recordStream, type Received, type StreamOptions } from '../../libs/transport/record-stream.ts';
import { RecordServer } from '../../libs/transport/server.ts';
import { runOverBatch } from '../../libs/transport/farewell.ts';
import { cellsOf } from '../support/batches.ts';
import { decoded } from '../support/frames.ts';
import { freePort } from '../support/free-port.ts';
import { flows, HOST, ORIGIN, START, startForeign, startServer } from './lab.ts';

/** A stream, and what it reported. */
function stream(
  ports: readonly (readonly number[])[],
  options: Partial<StreamOptions> = {},
): { batches: AsyncIterator<Received>; reports: string[]; stop: AbortController } {
  const reports: string[] = [];
  const stop = new AbortController();
  const batches = recordStream({
    sources: ports.map((list) => list.map((port) => ({ host: HOST, port }))),
    program: 'test',
    name: 'reader',
    ledger: new OriginLedger(),
    signal: stop.signal,
    report: (message) => reports.push(message),
    retryMs: { min: 10, max: 40 },
    ...options,
  })[Symbol.asyncIterator]();
  return { batches, reports, stop };
}

async function take(batches: AsyncIterator<Received>, count: number): Promise<Received[]> {
  const taken: Received[] = [];
  while (taken.length < count) {
    const next = await batches.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}

const firsts = (received: readonly Received[]): number[] => received.map(({ batch }) => batch.first);
const later = (turn: () => boolean): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => void (turn() ? resolve() : setTimeout(look, 5));
    look();
  });

test('a named reader gets what it has not acknowledged again, and gives out nothing twice', async () => {
  await using lab = await startServer();
  const { server } = lab;
  const first = stream([[lab.port]]);
  const before = take(first.batches, 3);
  await later(() => server.stats.named === 1);
  server.push(flows([6], 1));
  server.push(flows([6, 17], 2));
  const [, second] = await before;
  second!.acknowledge();
  await later(() => server.safe >= 2);
  first.stop.abort();
  await later(() => server.stats.readers === 0);
  server.push(flows([17], 4));
  const again = stream([[lab.port]]);
  assert.deepEqual(firsts(await take(again.batches, 2)), [2, 4]);
  again.stop.abort();

  const ledger = new OriginLedger();
  ledger.take(flows([6, 17], 2));
  const knowing = stream([[lab.port]], { ledger });
  assert.deepEqual(firsts(await take(knowing.batches, 1)), [4]);
  knowing.stop.abort();
});

test('a new named reader begins with the oldest that is there', async () => {
  await using lab = await startServer();
  lab.server.push(flows([6], 1));
  const { batches, stop } = stream([[lab.port]]);
  assert.deepEqual(firsts(await take(batches, 2)), [0, 1]);
  stop.abort();
});

test('a server that is not there yet is waited for, and said once', async () => {
  const port = await freePort();
  const { batches, reports, stop } = stream([[port]]);
  const next = take(batches, 1);
  await later(() => reports.length > 0);
  const server = new RecordServer({ program: 'x', source: '1', startUs: 1 });
  await server.listen({ port, hosts: [HOST] });
  server.push(flows([6], 1));
  assert.deepEqual(firsts(await next), [1]);
  assert.deepEqual(reports, [`cannot reach ${HOST}:${port}: nothing listens there`, `connected to ${HOST}:${port}`]);
  stop.abort();
  await server.close(50);
});

test('when the server that is read goes, another one of the list goes on where it was', async () => {
  const [a, b] = [await startServer(), await startServer()];
  const { batches, stop } = stream([[a.port, b.port]]);
  const both = (batch: Batch): void => [a, b].forEach(({ server }) => server.push(batch));
  const before = take(batches, 3);
  await later(() => a.server.stats.readers === 1);
  both(flows([6], 1));
  both(flows([6, 17], 2));
  assert.deepEqual(firsts(await before), [0, 1, 2]);
  both(flows([17], 4));
  await a.server.close();
  both(flows([17], 5));
  assert.deepEqual(firsts(await take(batches, 2)), [4, 5]);
  stop.abort();
  await b.server.close(50);
});

test('who comes late misses nothing; who comes back is told what it missed', async () => {
  await using lab = await startServer({}, await freePort());
  const { server } = lab;
  server.push(flows([6, 17], 1));
  const { batches, reports, stop } = stream([[lab.port]], { name: '' });
  const before = take(batches, 2);
  await later(() => server.stats.readers === 1);
  server.push(flows([6], 3));
  assert.deepEqual(firsts(await before), [0, 3]);
  assert.deepEqual(reports, []);

  const again = take(batches, 1);
  const { port } = lab;
  await server.close();
  const next = new RecordServer({ program: 'x', source: ORIGIN.source, startUs: ORIGIN.run });
  next.setStart(START);
  next.push(flows([6, 6], 4));
  await next.listen({ port, hosts: [HOST] });
  await later(() => next.stats.readers === 1);
  next.push(flows([6], 6));
  const [gap] = await again;
  assert.deepEqual([gap!.batch.first + gap!.batch.covers, firsts(await take(batches, 1))], [6, [6]]);
  assert.match(reports.join(), /records 4 to 5 of probe 192.0.2.1 were lost on their way: before this reader came/);
  stop.abort();
  await next.close(50);
});

test('what never came is reported with its numbers', async () => {
  await using lab = await startServer();
  const { batches, reports, stop } = stream([[lab.port]], { name: '' });
  const next = take(batches, 3);
  await later(() => lab.server.stats.readers === 1);
  lab.server.push(flows([6], 1));
  lab.server.push(flows([6], 9));
  await next;
  assert.deepEqual(reports, [`records 2 to 8 of probe ${ORIGIN.source} never came`]);
  stop.abort();
});

test('who looks at some fields only gets frames with all of them', async () => {
  await using lab = await startServer();
  const ledger = new OriginLedger();
  const { batches, stop } = stream([[lab.port]], { ledger, looksAt: new Set() });
  const taken = take(batches, 3);
  await later(() => lab.server.stats.named === 1);
  lab.server.push(flows([6, 17], 1));
  ledger.take(flows([6, 17, 1], 3));
  lab.server.push(flows([6, 17, 1, 132], 3));
  const [start, whole, part] = await taken;
  stop.abort();
  assert.deepEqual(cellsOf(start!.batch, 'mversion'), ['test']);
  assert.deepEqual(cellsOf(whole!.batch, 'ipproto'), [undefined, undefined]);
  assert.deepEqual(cellsOf(decoded(whole!.bytes), 'ipproto'), [6, 17]);
  assert.equal(part!.batch.first, 6, 'three of them were had');
  assert.deepEqual(cellsOf(decoded(part!.bytes), 'ipproto'), [132]);
});

test('a filter that the server does not understand is applied here', async () => {
  const greeting = encodeGreeting({ startUs: 1, nowUs: 1, source: '1' });
  await using lab = await startForeign((socket) => {
    socket.write(greeting);
    socket.once('data', (bytes) => {
      const message = readMessage(bytes);
      if (message.kind === 'message' && message.content.has('filter'))
        return socket.end(encodeAnswer({ ok: false, refusal: 'filter', reason: 'no such word' }));
      socket.write(encodeAnswer({ ok: true, program: 'x' }));
      for (const batch of [flows([6, 17, 6], 1), flows([17], 4)]) socket.write(encodeBatch(batch));
      return undefined;
    });
  });
  const { batches, reports, stop } = stream([[lab.port]], { filter: 'tcp' });
  const [some, none] = await take(batches, 2);
  assert.deepEqual([some?.batch.rows, some?.batch.covers], [2, 3]);
  assert.deepEqual([none?.batch.rows, none?.batch.covers], [0, 1]);
  assert.match(reports.join(), /refuses: no such word; the filter is applied here$/);
  stop.abort();
});

test('a filter with a regular expression is not sent, but applied here', async () => {
  await using lab = await startServer();
  const { batches, reports, stop } = stream([[lab.port]], { filter: 'tcp and not label ~ "nobody"' });
  const next = take(batches, 2);
  await later(() => lab.server.stats.named === 1);
  lab.server.push(flows([6, 17, 6], 1));
  const [, some] = await next;
  assert.deepEqual([some?.batch.rows, some?.batch.covers], [2, 3]);
  assert.deepEqual(reports, []);
  stop.abort();
});

test('the run that was killed is reported with its last number', async () => {
  await using lab = await startServer();
  const { batches, reports, stop } = stream([[lab.port]]);
  const next = take(batches, 2);
  await later(() => lab.server.stats.named === 1);
  lab.server.push(flows([6, 6], 1));
  for (const received of await next) received.acknowledge();
  lab.server.push(runOverBatch(ORIGIN));
  await take(batches, 1);
  assert.match(reports.join(), /^the run of probe 192\.0\.2\.1 from 2023-\S+ ended after number 2 without farewell$/);
  stop.abort();
});

test('that a run was killed is given out once, by whatever ways the word comes', async () => {
  await using lab = await startServer();
  await using other = await startServer();
  const { batches, reports, stop } = stream([[lab.port], [other.port]]);
  const next = take(batches, 2);
  await later(() => lab.server.stats.named + other.server.stats.named === 2);
  for (const { server } of [lab, other, lab]) server.push(runOverBatch(ORIGIN));
  for (const { server } of [lab, other]) server.push(flows([6], server === lab.server ? 1 : 2));
  const taken = [...(await next), ...(await take(batches, 2))];
  assert.equal(taken.filter(({ batch }) => batch.covers === 0).length, 1);
  assert.equal(reports.filter((report) => report.includes('without farewell')).length, 1);
  stop.abort();
});

test('servers that let a reader in and go at once are asked less and less often', async () => {
  let count = 0;
  const started = performance.now();
  let twelfthMs = 0;
  const greet = (socket: Socket): void => {
    count += 1;
    if (count === 12) {
      twelfthMs = performance.now() - started;
      stop.abort();
    }
    socket.write(encodeGreeting({ startUs: 1, nowUs: 1, source: 'test' }));
    socket.once('data', () => socket.end(encodeAnswer({ ok: true, program: 'test' })));
  };
  await using lab = await startForeign(greet);
  await using other = await startForeign(greet);
  const { batches, stop } = stream([[lab.port, other.port]], { retryMs: { min: 20, max: 60_000 } });
  const end = batches.next();
  assert.equal((await end).done, true);
  // Between six times both, five pauses of at least half of 20, 40, 80, 160 and 320 ms.
  assert.ok(twelfthMs >= 300, `12 connections within ${twelfthMs} ms`);
});

test('a server whose numbers jump does not fill the log', async () => {
  await using lab = await startForeign((socket) => {
    socket.write(encodeGreeting({ startUs: 1, nowUs: 1, source: 'test' }));
    socket.once('data', () => {
      socket.write(encodeAnswer({ ok: true, program: 'test' }));
      for (let i = 0; i < 500; i++) socket.write(encodeBatch(flows([6], 10 * i)));
      socket.end();
    });
  });
  const { batches, reports, stop } = stream([[lab.port]], { retryMs: { min: 60_000, max: 60_000 } });
  await take(batches, 500);
  const end = batches.next();
  await later(() => reports.some((report) => report.includes('lost')));
  stop.abort();
  await end;
  assert.match(reports[0]!, /^records 1 to 9 of probe/);
  assert.equal(reports.length, 5, reports.join('\n'));
  assert.match(reports[4]!, /^records 4981 to 4989 of probe \S+ never came; 495 more like it$/);
});
