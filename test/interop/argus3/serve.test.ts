import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import test from 'node:test';
import { COOKIE_3, COOKIE_AT, MANAGEMENT_BYTES } from '../../../libs/interop/argus3/format.ts';
import { Argus3Reader } from '../../../libs/interop/argus3/reader.ts';
import { RecordNumbers } from '../../../libs/interop/argus3/record-numbers.ts';
import { ARGUS3_CLIENTS, NO_ARGUS3_CLIENTS } from '../../../libs/interop/argus3/serve.ts';
import { IPV4_ADDRESS } from '../../../libs/packet/headers.ts';
import { FLOW_BATCH, MANAGEMENT_BATCH, type Batch } from '../../../libs/record/batch.ts';
import { CAUSE } from '../../../libs/record/fields/field.ts';
import { managementBatch } from '../../../libs/record/management.ts';
import type { RecordServer, ServerOptions } from '../../../libs/transport/server.ts';
import { batchOf, cellsOf } from '../../support/batches.ts';
import { HOST, ORIGIN, startServer } from '../../transport/lab.ts';

const TCP = 6;
const UDP = 17;

const ADDRESS = [IPV4_ADDRESS, 0, 0, 0xffff, 0xc0000201];

function flows(ipproto: readonly number[], first: number): Batch {
  const all = <T>(value: T): T[] => ipproto.map(() => value);
  const table = { ipproto, saddr: all(ADDRESS), daddr: all(ADDRESS), etype: all(0x0800), spkts: all(1) };
  return batchOf(ipproto.length, table, { first, origin: ORIGIN });
}

const served = (
  options: Partial<ServerOptions> = {},
): Promise<{ server: RecordServer; port: number } & AsyncDisposable> =>
  startServer({ dialects: [ARGUS3_CLIENTS], ...options });

/** A client of Argus 3, by hand. */
class OldClient {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);

  constructor(port: number) {
    this.#socket = connect({ host: HOST, port });
    this.#socket.on('data', (chunk) => (this.#received = Buffer.concat([this.#received, chunk])));
    this.#socket.on('error', () => undefined);
  }

  /** Waits for the greeting. */
  static async met(port: number): Promise<OldClient> {
    const client = new OldClient(port);
    const greeting = await client.take(MANAGEMENT_BYTES);
    assert.equal(greeting.readUInt32BE(COOKIE_AT), COOKIE_3);
    return client;
  }

  say(text: string): void {
    this.#socket.write(text, 'latin1');
  }

  async take(bytes: number): Promise<Buffer> {
    while (this.#received.length < bytes) await once(this.#socket, 'data');
    const taken = this.#received.subarray(0, bytes);
    this.#received = this.#received.subarray(bytes);
    return taken;
  }

  /** Begins, and waits until the server counts it as a reader. */
  async start(server: RecordServer): Promise<void> {
    const { readers } = server.stats;
    this.say('START: ');
    while (server.stats.readers === readers) await new Promise((resolve) => setImmediate(resolve));
  }

  /** What came until the server closed. */
  async rest(): Promise<Buffer> {
    if (!this.#socket.destroyed) await once(this.#socket, 'close');
    return this.#received;
  }

  leave(): void {
    this.#socket.destroy();
  }
}

async function decode(bytes: Uint8Array): Promise<Batch[]> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  const reader = new Argus3Reader(chunks(), { numbers: new RecordNumbers() });
  const batches: Batch[] = [];
  for await (const batch of reader) batches.push(batch);
  assert.equal(reader.pending, 0);
  return batches;
}

async function protocolsIn(bytes: Uint8Array): Promise<unknown[]> {
  const batches = await decode(bytes);
  return batches.filter(({ kind }) => kind === FLOW_BATCH).flatMap((batch) => cellsOf(batch, 'ipproto'));
}

const STATUS = managementBatch(ORIGIN, 3, {
  cause: CAUSE.status,
  timeUs: ORIGIN.run + 5e6,
  durationNs: 5e9,
  values: { mpkts: 1000 },
});

test('whoever says START gets records from then on, and nothing that Argus does not know', async () => {
  await using lab = await served();
  lab.server.push(flows([1], 1));
  const client = await OldClient.met(lab.port);
  await client.start(lab.server);
  lab.server.push(flows([TCP, UDP], 2));
  lab.server.push(STATUS);
  await lab.server.close();
  const received = await client.rest();
  assert.deepEqual(await protocolsIn(received), [TCP, UDP]);
  const management = (await decode(received)).filter(({ kind }) => kind === MANAGEMENT_BATCH);
  assert.deepEqual(
    management.flatMap((batch) => cellsOf(batch, 'mpkts')),
    [1000],
  );
});

const FILTERS: readonly (readonly [said: string, protocols: readonly number[]])[] = [
  ['man or (udp)', [UDP]],
  ['man or (tcp or udp)', [TCP, UDP]],
  ['tcp', [TCP]],
  ['man', []],
  ['', [TCP, UDP, 1]],
];
for (const [said, protocols] of FILTERS) {
  test(`FILTER: ${said}`, async () => {
    await using lab = await served();
    const client = await OldClient.met(lab.port);
    client.say(`FILTER: ${said}`);
    assert.equal((await client.take(2)).toString(), 'OK');
    await client.start(lab.server);
    lab.server.push(flows([TCP, UDP, 1], 1));
    lab.server.push(STATUS);
    await lab.server.close();
    const received = await client.rest();
    assert.deepEqual(await protocolsIn(received), protocols);
    assert.ok((await decode(received)).some(({ kind }) => kind === MANAGEMENT_BATCH));
  });
}

test('a filter that is not understood is answered with SY, and the client goes', async () => {
  await using lab = await served();
  const client = await OldClient.met(lab.port);
  client.say('FILTER: man or (frobnicate)');
  assert.equal((await client.rest()).toString(), 'SY');
  assert.deepEqual(lab.server.stats.refusedBy, { filter: 1 });
});

const hex = async (client: OldClient): Promise<string> => (await client.rest()).toString('hex');

test('refusals are records that Argus understands', async () => {
  await using full = await served({ readersMax: 0 });
  const one = await OldClient.met(full.port);
  one.say('START: ');
  assert.equal(await hex(one), '83820001', 'too many readers');

  await using closed = await served({
    security: { tls: undefined, judge: () => ({ ok: false, who: 'x', reason: 'no' }) },
  });
  const two = await OldClient.met(closed.port);
  two.say('START: ');
  assert.equal(await hex(two), '83810001', 'access denied');

  await using off = await served({ dialects: [NO_ARGUS3_CLIENTS] });
  const three = await OldClient.met(off.port);
  three.say('FILTER: man or (tcp)');
  assert.equal(await hex(three), '83810001', 'access denied');
  assert.deepEqual(off.server.stats.refusedBy, { access: 1 });
});

test('who does not start in time is sent away', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  await using lab = await served({ helloMs: 50 });
  const client = await OldClient.met(lab.port);
  client.say('FILTER: tcp');
  assert.equal((await client.take(2)).toString(), 'OK');
  t.mock.timers.tick(49);
  assert.deepEqual(lab.server.stats.refusedBy, {});
  t.mock.timers.tick(1);
  assert.equal(await hex(client), '83800001');
  assert.deepEqual(lab.server.stats.refusedBy, { silent: 1 });
});

test('a first word that comes in pieces is put together; one that is none is refused in our own words', async () => {
  await using lab = await served();
  const client = await OldClient.met(lab.port);
  client.say('STA');
  await new Promise((resolve) => setTimeout(resolve, 20));
  client.say('RT: ');
  while (lab.server.stats.readers === 0) await new Promise((resolve) => setImmediate(resolve));
  const stranger = await OldClient.met(lab.port);
  stranger.say('STAY: ');
  assert.match((await stranger.rest()).toString('latin1'), /PNPT.*hello/s);
  assert.equal(lab.server.stats.readers, 1);
  client.leave();
});

test('who goes on asking and never begins is sent away', async () => {
  await using lab = await served();
  const client = await OldClient.met(lab.port);
  for (let i = 0; i < 8; i++) {
    client.say(`FILTER: udp port ${i}`);
    assert.equal((await client.take(2)).toString(), 'OK');
  }
  client.say('FILTER: tcp');
  assert.equal(await hex(client), '83800001');
});

test('DONE ends the session', async () => {
  await using lab = await served();
  const client = await OldClient.met(lab.port);
  await client.start(lab.server);
  client.say('DONE: ');
  assert.equal((await client.rest()).length, 0);
  while (lab.server.stats.readers > 0) await new Promise((resolve) => setImmediate(resolve));
});

test('many clients get the same bytes, and delay nobody', async () => {
  await using lab = await served();
  const clients: OldClient[] = [];
  for (let i = 0; i < 5; i++) {
    const client = await OldClient.met(lab.port);
    await client.start(lab.server);
    clients.push(client);
  }
  for (let i = 0; i < 50; i++) lab.server.push(flows([TCP, UDP], 1 + i * 2));
  await lab.server.close();
  const [first, ...others] = await Promise.all(clients.map((client) => client.rest()));
  assert.equal((await protocolsIn(first!)).length, 100);
  for (const other of others) assert.deepEqual(other, first);
});
