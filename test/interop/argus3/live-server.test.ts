import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import test from 'node:test';
import { remoteFilter } from '../../../libs/interop/argus3/remote-filter.ts';
import { ARGUS3_SERVER } from '../../../libs/interop/argus3/live-server.ts';
import { OriginLedger } from '../../../libs/record/ledger.ts';
import { encodeGreeting } from '../../../libs/transport/greeting.ts';
import { recordStream, type StreamOptions } from '../../../libs/transport/record-stream.ts';
import { HOST, startForeign } from '../../transport/lab.ts';

const SASL = 0x1000;

/** A start record as a real argus greets with; without our word. */
function greeting(status = 0): Buffer {
  const bytes = Buffer.from(encodeGreeting({ startUs: 1.7e15, nowUs: 1.7e15, source: '192.0.2.9' }));
  bytes.fill(0, 108, 120);
  bytes.writeUInt32BE((bytes.readUInt32BE(4) | status) >>> 0, 4);
  return bytes;
}

/** A stop record of the same probe. */
function farewell(): Buffer {
  const bytes = greeting();
  bytes[1] = 0x30;
  bytes.fill(0, 8, 12);
  return bytes;
}

/** A server that answers filters with a word, and sends what it has on START. Gives what it was told. */
function server(answer: string, told: string[], status = 0): (socket: Socket) => void {
  return (socket) => {
    socket.write(greeting(status));
    socket.on('data', (data) => {
      const text = data.toString('latin1');
      told.push(text);
      if (text.startsWith('FILTER: ')) socket.write(answer);
      if (text.startsWith('FILTER: ') && answer !== 'OK') socket.end();
      if (text === 'START: ') socket.end(farewell());
    });
  };
}

async function read(port: number, options: Partial<StreamOptions> = {}): Promise<{ kinds: number[]; said: string[] }> {
  const said: string[] = [];
  const kinds: number[] = [];
  const stream = recordStream({
    sources: [[{ host: HOST, port }]],
    program: 'test',
    ledger: new OriginLedger(),
    signal: new AbortController().signal,
    report: (message) => said.push(message.replaceAll(String(port), 'PORT')),
    persistence: 'once',
    foreign: ARGUS3_SERVER,
    ...options,
  });
  for await (const { batch } of stream) kinds.push(batch.kind);
  return { kinds, said };
}

test('a filter that the server takes is sent before START, in a message of its own', async () => {
  const told: string[] = [];
  await using far = await startForeign(server('OK', told));
  const { kinds, said } = await read(far.port, { filter: 'tcp and port 80' });
  assert.deepEqual(told, ['FILTER: man or (tcp and port 80)', 'START: ']);
  assert.equal(kinds.length, 2);
  assert.deepEqual(said, [`${HOST}:PORT stopped`]);
});

test('a filter that the server refuses is applied here', async () => {
  const told: string[] = [];
  await using far = await startForeign(server('SY', told));
  const { kinds, said } = await read(far.port, { filter: 'port 80' });
  assert.deepEqual(told, ['FILTER: man or (port 80)', 'START: ']);
  assert.equal(kinds.length, 2);
  assert.match(said[0]!, /does not understand the filter; the filter is applied here/);
});

test('a server that wants a password is an error that says so', async () => {
  const told: string[] = [];
  await using far = await startForeign(server('OK', told, SASL));
  await assert.rejects(read(far.port), { name: 'InputError', message: /asks for a password/ });
  assert.deepEqual(told, []);
});

const FILTERS: readonly [filter: string, sent: string | undefined][] = [
  ['', undefined],
  ['tcp', 'man or (tcp)'],
  ['  udp   and port 53 ', 'man or (udp and port 53)'],
  ['host 10.0.0.1 or host 10.0.0.2', 'man or (host 10.0.0.1 or host 10.0.0.2)'],
  ['net 10.0.0.0/8 and tcp and port 443', 'man or (net 10.0.0.0/8 and tcp and port 443)'],
  ['tcp and port 80 or udp', undefined],
  ['not tcp', undefined],
  ['src host 10.0.0.1', undefined],
  ['dur gt 5s', undefined],
  ['host 2001:db8::1', undefined],
  ['port 80)\nSTART: ', undefined],
  [Array<string>(300).fill('tcp').join(' or '), undefined],
];
for (const [filter, sent] of FILTERS) {
  test(`'${filter.slice(0, 40)}' ${sent === undefined ? 'is applied here' : 'is sent'}`, () =>
    assert.equal(remoteFilter(filter), sent));
}
