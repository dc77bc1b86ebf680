import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import test from 'node:test';
import { archivePlace } from '../../apps/panoptes/archive.ts';
import { panoptes } from '../../apps/panoptes/command.ts';
import { feedTraffic } from '../../apps/panoptes/feed.ts';
import { copyLines } from '../../apps/panoptes/lines.ts';
import { freePorts, HOST } from '../../apps/panoptes/ports.ts';
import { farewellText, headerText, joinedText, shellWords } from '../../apps/panoptes/words.ts';
import { openCaptureFile } from '../../libs/capture/open-capture.ts';
import type { Context } from '../../libs/cli/command.ts';
import { Output } from '../../libs/cli/output.ts';
import { execute } from '../../libs/cli/run-main.ts';
import { freePort } from '../support/free-port.ts';

/** Takes everything that is written to it. */
class Written extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

function testContext(): Context & { readonly said: Written } {
  const said = new Written();
  return {
    program: 'panoptes',
    signal: new AbortController().signal,
    stdin: Readable.from([]),
    stdout: new Output(said),
    env: {},
    warn: () => undefined,
    info: () => undefined,
    said,
  };
}

for (const [words, status] of [
  [[], 2],
  [['upp'], 2],
  [['up', 'more'], 2],
  [['up', '--dmeo'], 2],
  [['up', '--port', '70000'], 2],
  [['up', '--demo', '-i', 'lo'], 2],
  [['--help'], 0],
] as const) {
  test(`panoptes ${words.join(' ')}: status ${status}, and nothing starts`, async () => {
    assert.equal(await execute(panoptes, words, testContext()), status);
  });
}

test('a port that is taken is refused when it was asked for, and others are found when not, all different', async (t) => {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  await assert.rejects(freePorts(2, port), { code: 'INPUT', message: new RegExp(`${port}`) });
  const found = await freePorts(4, undefined);
  assert.equal(new Set(found).size, 4);
  assert.ok(found.every((each) => each > 0 && each !== port));
  const free = await freePort();
  assert.deepEqual(await freePorts(1, free), [free]);
});

test('an archive is kept where it was wished for; of made-up traffic in a new place; else where daemons keep theirs', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'panoptes-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const env = { STATE_DIRECTORY: join(folder, 'state') };
  const wished = join(folder, 'a', 'b');
  assert.equal(archivePlace(wished, true, { env }).folder, wished);
  assert.equal(archivePlace(undefined, false, { env }).folder, join(folder, 'state', 'archive'));
  const demo = archivePlace(undefined, true, { env }).folder;
  t.after(() => rmSync(demo, { recursive: true }));
  assert.equal(dirname(demo), tmpdir());
  assert.deepEqual(readdirSync(demo), ['.state']);
});

test('an archive that was wished for where none can be is refused; one that was not finds another place', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'panoptes-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'file');
  writeFileSync(file, '');
  assert.throws(() => archivePlace(join(file, 'archive'), false, { env: {} }), { code: 'INPUT', hint: /--archive/ });
  const other = archivePlace(undefined, false, { env: { STATE_DIRECTORY: file } }).folder;
  t.after(() => rmSync(other, { recursive: true }));
  assert.equal(dirname(other), tmpdir());
});

test('texts of several programs share the output line by line', async () => {
  const { said, stdout } = testContext();
  const [first, second] = [new PassThrough(), new PassThrough()];
  const copies = [copyLines(first, stdout), copyLines(second, stdout)];
  first.write('one line in ');
  second.write('2\n2');
  await new Promise((resolve) => setImmediate(resolve));
  first.end('two parts\nno end');
  second.end('\n');
  await Promise.all(copies);
  assert.deepEqual(said.text.split('\n').sort(), ['', '2', '2', 'no end', 'one line in two parts']);
});

test('what is fed to the probe is a capture in real time, and ends when it is told to', async () => {
  const pipe = new PassThrough();
  const end = new AbortController();
  const startUs = Date.now() * 1000;
  const fed = feedTraffic(pipe, 1, end.signal);
  const capture = await openCaptureFile('-', { stdin: pipe });
  let packets = 0;
  for (let batch = await capture.next(); batch !== null; batch = await capture.next()) {
    for (let index = 0; index < batch.count; index++) {
      const timeUs = batch.timeUs[index]!;
      assert.ok(timeUs > startUs - 10_000, `${startUs - timeUs} µs before the start`);
      assert.ok(timeUs <= Date.now() * 1000 + 10_000, 'a packet of times to come');
      assert.equal(batch.captured[index], batch.wire[index]);
    }
    packets += batch.count;
    if (packets >= 20) end.abort();
  }
  await fed;
  assert.equal(capture.damage, null);
  assert.ok(packets >= 20);
});

test('feeding ends when the probe stops reading', async () => {
  const pipe = new PassThrough();
  const fed = feedTraffic(pipe, 1, new AbortController().signal);
  await once(pipe, 'readable');
  pipe.destroy();
  await fed;
});

test('the header tells what runs and the commands that read along', () => {
  const text = headerText({
    traffic: 'eth0',
    remark: '(a remark)',
    probe: { line: 'argus -i eth0 -P 5611' },
    radium: { line: 'radium -P 5610' },
    rastream: { line: 'rastream -S here' },
    port: 5610,
    archive: { folder: '/var/my records', span: '10m' },
  });
  for (const part of ['argus -i eth0 -P 5611', '(a remark)', 'radium -P 5610', 'rastream -S here', 'Ctrl-C'])
    assert.ok(text.includes(part), part);
  assert.match(text, /\/ra -S 127\.0\.0\.1:5610\n.*\/ra -R '\/var\/my records'\n/);
  const joined = joinedText('Silence.', { line: 'argus -r -' }, 5610, 'demo');
  assert.match(joined, /Silence\..*beside it: argus -r -\n[\s\S]*\/ra -S 127\.0\.0\.1:5610 - srcid demo\n/);
  assert.match(farewellText('/a'), /ra -R \/a\n/);
});

test('a command line is written as a shell takes it', () => {
  assert.equal(shellWords(['ra', '-w', "it's $x", '%F/%H', '']), "ra -w 'it'\\''s $x' %F/%H ''");
});
