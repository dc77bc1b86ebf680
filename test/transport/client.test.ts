import assert from 'node:assert/strict';
import dns from 'node:dns';
import test from 'node:test';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { MANAGEMENT_BATCH } from '../../libs/record/batch.ts';
import { InputError } from '../../libs/core/errors.ts';
import { connectRecords } from '../../libs/transport/client.ts';
import { encodeGreeting } from '../../libs/transport/greeting.ts';
import { encodeAnswer } from '../../libs/transport/handshake.ts';
import { assertSameBatch } from '../support/batches.ts';
import { freePort } from '../support/free-port.ts';
import { admitted, collect, flows, HOST, START, startForeign, startServer, unread } from './lab.ts';

const greeting = encodeGreeting({ startUs: 1e15, nowUs: 1e15, source: '7' });

/** A greeting with other bytes from `offset` on. */
const greetingWith = (offset: number, ...bytes: number[]): Uint8Array => {
  const changed = greeting.slice();
  changed.set(bytes, offset);
  return changed;
};

test('the first batch is the start record', async () => {
  await using lab = await startServer();
  const batches = unread(lab.port);
  const first = await batches.next();
  assert.ok(first.done !== true);
  assert.equal(first.value.kind, MANAGEMENT_BATCH);
  assertSameBatch(first.value, START);
  await batches.return?.();
});

test('a filter that is not understood is refused before anything is sent', () => {
  assert.throws(() => connectRecords({ host: HOST, port: 1, program: 'ra', filter: 'tpc' }), { name: 'FilterError' });
});

test('a server that is not there', async () => {
  const port = await freePort();
  await assert.rejects(admitted(port), {
    name: 'InputError',
    message: `cannot reach 127.0.0.1:${port}: nothing listens there`,
  });
});

test('a name of several addresses, to none of which there is a way', async (t) => {
  // Addresses of a link, without which link it is: the system refuses them in words of its own.
  const addresses = ['fe80::1', 'fe80::2'].map((address) => ({ address, family: 6 }));
  const lookup = (_: string, __: unknown, found: (error: null, addresses: unknown) => void): void =>
    found(null, addresses);
  t.mock.method(dns, 'lookup', lookup as never);
  const connect = (): Promise<unknown> => connectRecords({ host: 'probe', port: 561, program: 'ra' })[Symbol.asyncIterator]().next(); // prettier-ignore
  await assert.rejects(connect, { name: 'InputError', message: /^probe:561: / });
});

const SERVERS: readonly [name: string, sends: readonly Uint8Array[], message: RegExp][] = [
  ['a web server', [Buffer.from('HTTP/1.1 200 OK\r\n')], /is not a server of flow records/],
  ['a real Argus', [greetingWith(108, ...new Array<number>(12).fill(0))], /real Argus 3 server/],
  ['a full Argus', [Uint8Array.of(0x83, 0x82, 0, 1)], /refuses: too many readers/],
  ['a server of a later version', [greetingWith(117, 2)], /speaks version 2 of the stream/],
  ['a server without a greeting', [], /closed before its greeting/],
  ['a server without an answer', [greeting], /closed without an answer/],
  ['an answer that is none', [greeting, Buffer.from('Hello, hello')], /answers with not a message/],
  [
    'a refusal with control characters',
    [greeting, encodeAnswer({ ok: false, refusal: 'full', reason: 'no\u001b[2J' })],
    /refuses: no\.\[2J$/,
  ],
  [
    'an end without a farewell',
    [greeting, encodeAnswer({ ok: true, program: 'x' }), encodeBatch(START)],
    /without a farewell/,
  ],
  [
    'an end within a frame',
    [
      greeting,
      encodeAnswer({ ok: true, program: 'x' }),
      encodeBatch(START),
      encodeBatch(flows([6], 1)).subarray(0, 30),
    ],
    /ends within a frame/,
  ],
  [
    'bytes that are no frame',
    [greeting, encodeAnswer({ ok: true, program: 'x' }), encodeBatch(START), Buffer.from('what is this?')],
    /not a frame/,
  ],
];

for (const [name, sends, message] of SERVERS)
  test(`${name} is an error that says so`, async () => {
    await using lab = await startForeign((socket) => {
      for (const bytes of sends) socket.write(bytes);
      socket.end();
      socket.resume();
    });
    await assert.rejects(
      collect(unread(lab.port)),
      (error) => error instanceof InputError && message.test(error.message),
    );
  });

test('what came before a broken end was delivered', async () => {
  await using lab = await startForeign((socket) => {
    for (const bytes of [greeting, encodeAnswer({ ok: true, program: 'x' }), encodeBatch(START)]) socket.write(bytes);
    socket.end(encodeBatch(flows([6, 17], 1)));
  });
  const batches = await admitted(lab.port);
  assert.equal((await collect(batches, () => true))[0]?.rows, 2);
  await assert.rejects(collect(batches), /without a farewell/);
});

test('a greeting in single bytes is understood', async () => {
  await using lab = await startForeign((socket) => {
    socket.setNoDelay(true);
    const bytes = Buffer.concat([greeting, encodeAnswer({ ok: true, program: 'x' }), encodeBatch(START)]);
    let at = 0;
    const next = (): void => {
      if (at === bytes.length) socket.end();
      else socket.write(bytes.subarray(at, ++at), () => setImmediate(next));
    };
    next();
    socket.resume();
  });
  const batches = unread(lab.port);
  assertSameBatch((await collect(batches, () => true))[0]!, START);
  await batches.return?.();
});

test('a server whose answer comes byte by byte does not get more time than others', async () => {
  await using lab = await startForeign((socket) => {
    let at = 0;
    const drip = setInterval(() => socket.write(greeting.subarray(at, ++at)), 20);
    socket.once('close', () => clearInterval(drip));
  });
  await assert.rejects(admitted(lab.port, { answerMs: 100 }), { message: /does not answer within 100 ms/ });
});

test('a server that does not answer is given up', async () => {
  await using lab = await startForeign((socket) => void socket.write(greeting));
  await assert.rejects(admitted(lab.port, { answerMs: 50 }), {
    name: 'InputError',
    message: /does not answer within 50 ms/,
  });
});

test('a reader that stood still itself does not take that for the silence of the server', async () => {
  await using lab = await startForeign((socket) => {
    socket.write(greeting);
    socket.once('data', () => {
      socket.write(encodeAnswer({ ok: true, program: 'test' }));
      socket.write(encodeBatch(flows([6], 1)));
      // In an immediate, so that timers are looked at before sockets when it is over.
      const standStill = (): void => {
        socket.write(encodeBatch(flows([6], 2)));
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700);
      };
      setTimeout(() => setImmediate(standStill), 50);
    });
  });
  const batches = await admitted(lab.port, { silenceMs: 500 });
  assert.equal((await batches.next()).done, false);
});

test('a reader may be silent as long as it likes once it is admitted', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  await using lab = await startServer();
  const batches = await admitted(lab.port, { answerMs: 500 });
  const next = batches.next();
  t.mock.timers.tick(800);
  t.mock.timers.reset();
  lab.server.push(flows([6], 1));
  assert.equal((await next).done, false);
});

test('the signal ends a stream quietly, before, during and after the handshake', async () => {
  await using lab = await startServer();
  assert.deepEqual(await collect(unread(lab.port, { signal: AbortSignal.abort() })), []);
  const controller = new AbortController();
  const batches = await admitted(lab.port, { signal: controller.signal });
  const rest = collect(batches);
  controller.abort();
  assert.deepEqual(await rest, []);

  await using foreign = await startForeign((socket) => void socket.write(greeting));
  const later = new AbortController();
  const none = collect(unread(foreign.port, { signal: later.signal }));
  foreign.listener.once('connection', () => setImmediate(() => later.abort()));
  assert.deepEqual(await none, []);
});
