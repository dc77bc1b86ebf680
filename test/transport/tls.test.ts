import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { InputError } from '../../libs/core/errors.ts';
import { FLOW_BATCH } from '../../libs/record/batch.ts';
import { AccessList } from '../../libs/transport/access.ts';
import { judgePeer, type ServerSecurity } from '../../libs/transport/security.ts';
import { checkMaterial, type TlsMaterial } from '../../libs/transport/tls.ts';
import { Tokens } from '../../libs/transport/tokens.ts';
import { Wish } from '../../libs/transport/wish.ts';
import { TestAuthority } from '../support/certificates.ts';
import { admitted, collect, flows, HOST, startForeign, startServer, unread } from './lab.ts';

const site = new TestAuthority('site');
const stranger = new TestAuthority('stranger');
const host = site.issue('host', 'probe', [HOST]);
const noc = site.issue('client', 'noc');
const TOKEN = 'night-0123456789';

const secured = (
  tls: TlsMaterial | undefined,
  some: { tokens?: Tokens; access?: AccessList } = {},
): ServerSecurity => ({
  tls,
  judge: (peer) => judgePeer(peer, some.tokens, some.access),
});
const speaking = (material: TlsMaterial) => ({ tls: () => Promise.resolve(material) });
const MUTUAL = secured(site.material(host));

test('TLS: a reader with a certificate of the site reads', async () => {
  await using lab = await startServer({ security: MUTUAL });
  const reader = await admitted(lab.port, speaking(site.material(noc)));
  lab.server.push(flows([6, 17], 1));
  const [batch] = await collect(reader, () => true);
  assert.equal(batch?.rows, 2);
});

for (const [what, server, client, message] of [
  ['no certificate shown', host, site.material(), /refuses: this server wants a certificate, and none was shown/],
  [
    'a certificate of another authority',
    host,
    { ...stranger.material(stranger.issue('client', 'noc')), ca: site.ca },
    /refuses: your certificate does not come from an authority/,
  ],
  ['an expired one', host, site.material(site.issue('client', 'noc', [], 23)), /refuses: your certificate has expired/],
  [
    'a server that expired',
    site.issue('host', 'probe', [HOST], 23),
    site.material(noc),
    /by TLS: its certificate has expired/,
  ],
  [
    'a server of another name',
    site.issue('host', 'probe', ['probe.example.org', '192.0.2.1']),
    site.material(noc),
    /by TLS: its certificate is for probe.example.org, 192.0.2.1/,
  ],
  [
    'a server of another authority',
    host,
    stranger.material(noc),
    /by TLS: its certificate does not come from an authority/,
  ],
  [
    'a reader that passes for a server',
    site.issue('client', 'probe', [HOST]),
    site.material(noc),
    /by TLS: its certificate is not made for this purpose/,
  ],
] as const) {
  // prettier-ignore
  test(`TLS: ${what} is a sentence for the reader`, async () => {
    await using lab = await startServer({ security: secured(site.material(server)) });
    await assert.rejects(
      unread(lab.port, speaking(client)).next(),
      (error) => error instanceof InputError && message.test(error.message),
    );
    assert.equal(lab.server.stats.readers, 0);
  });
}

test('TLS: a server that does not speak it is named as that', async () => {
  await using lab = await startServer();
  await assert.rejects(unread(lab.port, speaking(site.material(noc))).next(), {
    name: 'InputError',
    message: /it does not speak TLS/,
  });
});

test('TLS: who does not speak it, or only an older one, is sent away with a reason in the log', async () => {
  const said: string[] = [];
  const report = (line: string): void => void said.push(line);
  await using hasty = await startServer({ security: MUTUAL, helloMs: 100, report });
  await assert.rejects(unread(hasty.port).next(), { name: 'InputError', message: /closed before its greeting/ });
  await using lab = await startServer({ security: MUTUAL, report });
  const rubbish = connect({ host: HOST, port: lab.port });
  rubbish.on('error', () => undefined);
  rubbish.write('GET / HTTP/1.0\r\n\r\n');
  const old = connectTls({ host: HOST, port: lab.port, ca: site.ca, maxVersion: 'TLSv1.2' });
  const [error] = (await once(old, 'error')) as [Error & { code?: string }];
  assert.match(error.code ?? '', /PROTOCOL_VERSION/);
  if (!rubbish.closed) await once(rubbish, 'close');
  assert.equal(lab.server.stats.readers, 0);
  assert.ok(
    said.every((line) => line.startsWith(`client ${HOST} refused`)),
    said.join('\n'),
  );
  assert.ok(said.length >= 2);
});

test('TLS: those who do not finish the handshake take no more than their places, and not for long', async () => {
  await using lab = await startServer({ security: MUTUAL, waitingPerAddressMax: 3, helloMs: 300 });
  const idle = Array.from({ length: 3 }, () => connect({ host: HOST, port: lab.port }));
  const gone = idle.map((socket) => once(socket, 'close'));
  await Promise.all(idle.map((socket) => once(socket, 'connect')));
  const client = speaking(site.material(noc));
  const isRefused = await admitted(lab.port, client).then(
    () => false,
    (error) => error instanceof InputError,
  );
  // On a machine that stood still they may have gone before.
  assert.ok(isRefused || idle.some(({ closed }) => closed));
  await Promise.all(gone);
  // There it may take more than one attempt, too, for nobody gets more time than they.
  while (lab.server.stats.readers === 0) await admitted(lab.port, client).catch(() => undefined);
});

test('TLS: new certificates are shown to who comes, and who is there stays', async () => {
  let tls = site.material(site.issue('host', 'probe', ['192.0.2.9']));
  const security = { get tls() { return tls; }, judge: MUTUAL.judge }; // prettier-ignore
  await using lab = await startServer({ security });
  const client = speaking(site.material(noc));
  await assert.rejects(unread(lab.port, client).next(), /its certificate is for 192.0.2.9/);
  tls = site.material(host);
  lab.server.renewSecurity();
  const first = await admitted(lab.port, client);
  tls = site.material(site.issue('host', 'probe', ['192.0.2.9']));
  lab.server.renewSecurity();
  await assert.rejects(unread(lab.port, client).next(), /its certificate is for 192.0.2.9/);
  lab.server.push(flows([6], 1));
  const [batch] = await collect(first, () => true);
  assert.equal(batch?.rows, 1);
});

test('tokens: a wrong one is refused and logged without it, a right one reads', async () => {
  const said: string[] = [];
  const tokens = Tokens.parse(`night ${TOKEN}`, 'tokens');
  await using lab = await startServer({ security: secured(undefined, { tokens }), report: (line) => said.push(line) });
  const wrong = 'wrong-token-0123456789';
  await assert.rejects(unread(lab.port, { token: wrong }).next(), /refuses: this server does not know that token/);
  await assert.rejects(unread(lab.port).next(), /refuses: this server wants a token/);
  await admitted(lab.port, { token: TOKEN });
  assert.equal(said.length, 2);
  assert.ok(!said.join('\n').includes(wrong));
  assert.deepEqual(lab.server.stats.refusedBy, { access: 2 });
});

test('access: a reader that asks for everything gets what its line allows, whatever it asks', async () => {
  const access = AccessList.parse('allow certificate noc filter udp', 'access');
  await using lab = await startServer({ security: secured(site.material(host), { access }) });
  const client = speaking(site.material(noc));
  const readers = await Promise.all(
    ['', 'tcp or udp', 'not udp', 'port 1 or not port 1'].map((filter) => admitted(lab.port, { ...client, filter })),
  );
  lab.server.push(flows([6, 17, 6, 17, 6], 1));
  const closed = lab.server.close();
  const received = await Promise.all(readers.map((reader) => collect(reader)));
  await closed;
  assert.deepEqual(
    received.map((batches) => batches.reduce((sum, { kind, rows }) => sum + (kind === FLOW_BATCH ? rows : 0), 0)),
    [2, 2, 0, 2],
  );
});

test('access: brackets in the words of a reader do not reach out of its line', () => {
  assert.throws(() => new Wish('tcp) or (tcp', undefined, 'udp'), { name: 'FilterError' });
});

test('access: whoever is refused is named in the log by address and certificate', async () => {
  const said: string[] = [];
  const access = AccessList.parse('deny certificate noc\nallow anyone', 'access');
  const security = secured(site.material(host), { access });
  await using lab = await startServer({ security, report: (line) => said.push(line) });
  const client = speaking(site.material(noc));
  await assert.rejects(
    unread(lab.port, client).next(),
    /refuses: the access list of this server does not let you read/,
  );
  assert.match(said.join('\n'), /client 127\.0\.0\.1 \(certificate 'noc'\) refused: the access list/);
});

test('names: a reader does not take the name of another that proved who it is', async () => {
  const tokens = Tokens.parse(`night ${TOKEN}\nday ${TOKEN}-day`, 'tokens');
  await using lab = await startServer({ security: secured(undefined, { tokens }) });
  const first = await admitted(lab.port, { token: TOKEN, name: 'archive' });
  await admitted(lab.port, { token: `${TOKEN}-day`, name: 'archive' });
  assert.equal(lab.server.stats.readers, 2);
  lab.server.push(flows([6], 1));
  assert.equal((await collect(first, ({ kind }) => kind === FLOW_BATCH)).at(-1)?.rows, 1);
});

for (const [what, material, message] of [
  [
    'a key of another certificate',
    { ...site.material(host), key: noc.key },
    /the key in my.key is not that of the certificate in my.crt/,
  ],
  ['a certificate that is none', { ...site.material(host), cert: 'hello' }, /my.crt holds no certificate/],
  [
    'a certificate that is damaged',
    { ...site.material(host), cert: host.cert.replace(/MII../, 'AAAAA') },
    /my.crt holds a certificate that cannot be read/,
  ],
  ['a key that is none', { ...site.material(host), key: host.cert }, /my.key holds no private key/],
  [
    'a key that is locked',
    { ...site.material(host), key: '-----BEGIN ENCRYPTED PRIVATE KEY-----' },
    /my.key is locked by a pass phrase/,
  ],
  ['an authority that is none', { ...site.material(host), ca: host.key }, /ca.crt holds no certificate/],
] as const)
  // prettier-ignore
  test(`files: ${what} is an error that names the file`, () => {
    const names = { cert: 'my.crt', key: 'my.key', ca: 'ca.crt' };
    assert.throws(() => checkMaterial(material, names, Date.now()), { name: 'InputError', message });
  });

test('files: what others will not like is said', () => {
  const names = { cert: 'my.crt', key: 'my.key', ca: 'ca.crt' };
  assert.deepEqual(checkMaterial(site.material(host), names, Date.now()), []);
  const expired = site.material(site.issue('host', 'x', [], 23));
  assert.match(checkMaterial(expired, names, Date.now()).join(), /my.crt expired on \d{4}-\d\d-\d\d/);
  assert.match(
    checkMaterial({ ...site.material(host), ca: host.cert }, names, Date.now()).join(),
    /ca.crt: .* of no authority/,
  );
});

test('TLS: a server that is none at all', async () => {
  await using foreign = await startForeign((socket) => socket.end('220 hello\r\n'));
  await assert.rejects(unread(foreign.port, speaking(site.material(noc))).next(), /does not speak TLS/);
});
