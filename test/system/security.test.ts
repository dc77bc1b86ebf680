import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { freePort } from '../support/free-port.ts';
import { NotifySocket } from '../support/notify-socket.ts';
import { runCommand, RunningCommand } from '../support/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-security-'));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const TOKEN = 'a-token-of-the-night';

/** A multiplexer whose probe never comes; resolves when it listens. */
async function radium(
  t: TestContext,
  args: readonly string[],
): Promise<{ radium: RunningCommand; port: number; notify: NotifySocket }> {
  const port = await freePort();
  const notify = await NotifySocket.open(at(`notify-${port}`));
  const command = new RunningCommand(
    'radium',
    ['-S', 'argus-tcp://127.0.0.1:9', '-P', String(port), '-B', '127.0.0.1', '--state', at('state'), ...args],
    { NOTIFY_SOCKET: at(`notify-${port}`) },
  );
  t.after(async () => {
    command.process.kill('SIGTERM');
    await command.status;
    notify[Symbol.dispose]();
  });
  await Promise.race([notify.until('READY=1'), command.status]);
  return { radium: command, port, notify };
}

/** A reader that ends when it got its first record. */
function ra(port: number, args: readonly string[], scheme = ''): ReturnType<typeof runCommand> {
  return runCommand('ra', ['-S', `${scheme}localhost:${port}`, '-M', 'man', '-N', '1', '-L', '-1', ...args]);
}

async function certs(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await runCommand('panoptes', ['certs', at('pki'), ...args]);
  assert.equal(status, 0, stderr);
  return stdout;
}

async function serialOf(port: number): Promise<string> {
  const socket: TLSSocket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

const pki = (name: string): string => join(at('pki'), name);
const SERVER = ['--tls-cert', pki('localhost.crt'), '--tls-key', pki('localhost.key'), '--tls-ca', pki('ca.crt')];
const CLIENT = ['--tls-cert', pki('noc.crt'), '--tls-key', pki('noc.key'), '--tls-ca', pki('ca.crt')];

test('panoptes certs: an authority once, hosts and clients as they come, and keys that nobody else reads', async () => {
  const first = await certs('--host', 'localhost,127.0.0.1,::1', '--client', 'noc');
  assert.match(first, /--tls-cert localhost.crt --tls-key localhost.key --tls-ca ca.crt/);
  const before = readFileSync(pki('ca.key'));
  const second = await certs('--host', 'localhost,127.0.0.1,::1', '--client', 'other');
  assert.match(second, /Kept .*localhost.crt/);
  assert.deepEqual(readFileSync(pki('ca.key')), before);
  for (const key of ['ca.key', 'localhost.key', 'noc.key', 'other.key'])
    assert.equal(statSync(pki(key)).mode & 0o777, 0o600);
  assert.equal(statSync(at('pki')).mode & 0o777, 0o700);
});

for (const [what, args, message] of [
  [
    'other names for a host that has some',
    ['--host', 'localhost,192.0.2.1'],
    /is a certificate of other names.*\n.*--renew/,
  ],
  ['a name that climbs', ['--client', '../noc'], /'\.\.\/noc' cannot be the name of a client/],
  ['a host that is none', ['--host', 'a b'], /'a b' is neither the name of a host nor an address/],
  ['the name of the authority', ['--client', 'CA'], /the authority's own files/],
] as const)
  // prettier-ignore
  test(`panoptes certs: ${what} is an error`, async () => {
    const { status, stderr } = await runCommand('panoptes', ['certs', at('pki'), ...args]);
    assert.equal(status, 2);
    assert.match(stderr, message);
  });

test('panoptes certs: half an authority is an error, and is not made whole by another', async () => {
  const { status, stderr } = await (async () => {
    await runCommand('panoptes', ['certs', at('half')]);
    rmSync(join(at('half'), 'ca.key'));
    return runCommand('panoptes', ['certs', at('half'), '--client', 'noc']);
  })();
  assert.equal(status, 1);
  assert.match(stderr, /ca.key is not there/);
  assert.ok(!existsSync(join(at('half'), 'noc.crt')));
});

test('radium and ra by TLS: who shows a certificate reads; new certificates are taken up by HUP, and readers stay', async (t) => {
  const { radium: server, port, notify } = await radium(t, SERVER);
  const read = await ra(port, CLIENT);
  assert.equal(read.status, 0, read.stderr);
  assert.match(read.stdout, /man/);
  const unknown = await ra(port, ['--tls-ca', pki('ca.crt')]);
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /refuses: this server wants a certificate, and none was shown/);
  await server.says(/client 127\.0\.0\.1 refused: this server wants a certificate/);

  const stays = new RunningCommand('ra', ['-S', `argus-tls://localhost:${port}`, '-M', 'man', ...CLIENT]);
  await stays.until((text) => text.includes('man'));
  const before = await serialOf(port);
  await certs('--host', 'localhost,127.0.0.1,::1', '--renew');
  server.process.kill('SIGHUP');
  await notify.until('READY=1', 2);
  assert.notEqual(await serialOf(port), before);
  assert.equal((await ra(port, CLIENT)).status, 0);

  writeFileSync(pki('localhost.crt'), 'broken');
  server.process.kill('SIGHUP');
  await server.says(/localhost\.crt holds no certificate/);
  assert.equal((await ra(port, CLIENT)).status, 0, 'it goes on with the certificate from before');

  assert.equal(stays.process.exitCode, null);
  stays.process.kill('SIGINT');
  assert.equal(await stays.status, 0, stays.stderr);
  assert.doesNotMatch(stays.stderr, /lost|refuse/);
});

test('radium and ra with tokens and an access list', async (t) => {
  writeFileSync(at('tokens'), `night ${TOKEN}\n`, { mode: 0o600 });
  writeFileSync(at('token'), `${TOKEN}\n`, { mode: 0o600 });
  writeFileSync(at('wrong'), `${TOKEN}-not\n`, { mode: 0o600 });
  writeFileSync(at('access'), 'allow token night\n');
  const { radium: server, port } = await radium(t, ['--tokens', at('tokens'), '--access', at('access')]);
  const [right, wrong, none] = await Promise.all([
    ra(port, ['--token-file', at('token')]),
    ra(port, ['--token-file', at('wrong')]),
    ra(port, []),
  ]);
  assert.equal(right.status, 0, right.stderr);
  assert.match(wrong.stderr, /refuses: this server does not know that token/);
  assert.match(none.stderr, /refuses: the access list/);
  const said = server.stderr + wrong.stderr + none.stderr;
  assert.ok(!said.includes(TOKEN), said);
  const fromEnvironment = new RunningCommand('ra', ['-S', `localhost:${port}`, '-M', 'man', '-N', '1'], {
    PANOPTES_TOKEN: TOKEN,
  });
  assert.equal(await fromEnvironment.status, 0, fromEnvironment.stderr);
});

for (const [what, args, message] of [
  [
    'a key of another',
    ['--tls-cert', pki('noc.crt'), '--tls-key', pki('other.key')],
    /the key in .*other.key is not that of the certificate in .*noc.crt/,
  ],
  ['a certificate without a key', ['--tls-cert', pki('noc.crt')], /--tls-cert and --tls-key go together/],
  ['a file that is not there', ['--tls-ca', '/nowhere/ca.crt'], /cannot read \/nowhere\/ca.crt: no such file/],
  [
    'an access list that asks for what nobody shows',
    ['--access', at('access')],
    /access line 1 asks for a token, but nobody is asked for one/,
  ],
] as const)
  // prettier-ignore
  test(`radium does not start with ${what}`, async () => {
    const { status, stderr } = await runCommand('radium', ['-S', '127.0.0.1:9', '-P', '9', '-B', '127.0.0.1', '--state', at('state'), ...args]);
    assert.notEqual(status, 0);
    assert.match(stderr, message);
  });

test('a secret that others can read is refused', async () => {
  writeFileSync(at('open'), `night ${TOKEN}\n`);
  chmodSync(at('open'), 0o644);
  const { status, stderr } = await runCommand('radium', [
    '-S',
    '127.0.0.1:9',
    '-P',
    '9',
    '--tokens',
    at('open'),
    '--state',
    at('state'),
  ]);
  assert.equal(status, 1);
  assert.match(stderr, /can be read by others, and it holds a secret\n.*chmod 600/);
});

test('a token in clear to another machine, and a port for everybody, are warned of', async () => {
  // The address of no interface leads to this machine, but does not look like it.
  const reader = await runCommand('ra', ['-S', '0.0.0.0:9', '--token-file', at('token')]);
  assert.match(reader.stderr, /the token goes to 0\.0\.0\.0:9 in clear/);
  assert.ok(!reader.stderr.includes(TOKEN));
  const port = await freePort();
  const open = new RunningCommand('radium', ['-S', '127.0.0.1:9', '-P', String(port), '--state', at('state')]);
  await open.says(/anybody who reaches this port/);
  open.process.kill('SIGTERM');
  await open.status;
  assert.equal(open.stderr.split('anybody who reaches').length, 2);
});
