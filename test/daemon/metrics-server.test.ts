import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { InputError, UsageError } from '../../libs/core/errors.ts';
import { parseMetricsAddress } from '../../libs/daemon/metrics-address.ts';
import { startMetrics, type CollectMetrics, type MetricsServer } from '../../libs/daemon/metrics-server.ts';
import { parseExposition } from '../support/exposition.ts';

const ADDRESSES: readonly (readonly [text: string, host: string, port: number])[] = [
  ['9100', '127.0.0.1', 9100],
  ['0.0.0.0:9100', '0.0.0.0', 9100],
  ['collector.example:80', 'collector.example', 80],
  ['[::1]:9100', '::1', 9100],
  ['[fe80::1%eth0]:1', 'fe80::1%eth0', 1],
  ['0', '127.0.0.1', 0],
];

for (const [text, host, port] of ADDRESSES)
  test(`--metrics ${text}`, () => assert.deepEqual(parseMetricsAddress(text), { host, port }));

for (const text of ['', ':9100', '70000', 'http', '::1:9100', '1.2.3.4', '1.2.3.4:', '9100 ', 'a b:1'])
  test(`--metrics '${text}' is refused`, () => assert.throws(() => parseMetricsAddress(text), UsageError));

const start = (collect: CollectMetrics): Promise<MetricsServer> =>
  startMetrics({ program: 'sample', address: '0', collect });

interface Said {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly text: string;
}

async function ask({ address }: MetricsServer, method: string, path: string): Promise<Said> {
  const asked = request({ host: '127.0.0.1', port: address.port, method, path, agent: false });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  return { status: response.statusCode, type: response.headers['content-type'], text };
}

test('a scrape gets what is so at that moment', async () => {
  let packets = 1;
  using server = await start((metrics) => metrics.counter('panoptes_packets_total', 'Packets.', packets++));
  assert.equal(server.address.address, '127.0.0.1');
  const first = await ask(server, 'GET', '/metrics');
  assert.deepEqual([first.status, first.type], [200, 'text/plain; version=0.0.4; charset=utf-8']);
  const second = parseExposition((await ask(server, 'GET', '/metrics?x=1')).text);
  const value = (name: string): number | undefined => second.find((sample) => sample.name === name)?.value;
  assert.equal(parseExposition(first.text).find(({ name }) => name === 'panoptes_packets_total')?.value, 1);
  assert.equal(value('panoptes_packets_total'), 2);
  assert.equal(second.find(({ name }) => name === 'panoptes_build_info')?.labels['program'], 'sample');
  assert.ok((value('panoptes_resident_memory_bytes') ?? 0) > 1e6);
  assert.ok(Math.abs((value('panoptes_start_time_seconds') ?? 0) - performance.timeOrigin / 1000) < 1);
  assert.deepEqual(await ask(server, 'HEAD', '/metrics'), { status: 200, type: first.type, text: '' });
});

const REFUSED = [
  ['GET', '/', 404],
  ['GET', '/metrics/x', 404],
  ['POST', '/metrics', 405],
  ['DELETE', '/metrics', 405],
  ['GET', '//metrics', 404],
] as const;

for (const [method, path, status] of REFUSED)
  test(`${method} ${path} is answered by ${status}`, async () => {
    using server = await start(() => assert.fail('nothing is collected'));
    assert.equal((await ask(server, method, path)).status, status);
  });

test('those who ask at once share one answer; a failure is said, and is not the last word', async () => {
  let asked = 0;
  using server = await start(async () => {
    asked += 1;
    await new Promise((resolve) => setImmediate(resolve));
    if (asked === 1) throw new Error('not yet');
  });
  assert.deepEqual(await ask(server, 'GET', '/metrics'), {
    status: 500,
    type: 'text/plain; charset=utf-8',
    text: 'the figures cannot be had: not yet\n',
  });
  const answers = await Promise.all([1, 2, 3].map(() => ask(server, 'GET', '/metrics')));
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200]); // prettier-ignore
  assert.ok(asked <= 4);
});

test('garbage and long heads are cut, and others are served on', async () => {
  using server = await start(() => undefined);
  for (const bytes of ['\0\x01\x02\r\n\r\n', `GET /metrics HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`]) {
    const socket = connect(server.address.port, '127.0.0.1').setEncoding('latin1');
    let said = '';
    socket.on('data', (text: string) => (said += text)).on('error', () => undefined);
    socket.write(bytes, 'latin1');
    await once(socket, 'close');
    assert.doesNotMatch(said, /^HTTP\/1\.1 200/);
  }
  assert.equal((await ask(server, 'GET', '/metrics')).status, 200);
});

test('an address that another program has is an error', async () => {
  using server = await start(() => undefined);
  await assert.rejects(
    startMetrics({ program: 'sample', address: String(server.address.port), collect: () => undefined }),
    (error) => error instanceof InputError && /another program listens there/.test(error.message),
  );
});
