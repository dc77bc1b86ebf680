import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { PassThrough, Readable, Writable } from 'node:stream';
import test from 'node:test';
import { panoptes } from '../../apps/panoptes/command.ts';
import { feedTraffic } from '../../apps/panoptes/feed.ts';
import { copyLines } from '../../apps/panoptes/lines.ts';
import { freePort, HOST } from '../../apps/panoptes/port.ts';
import { headerText, joinedText, readCommand } from '../../apps/panoptes/words.ts';
import { openCaptureFile } from '../../libs/capture/open-capture.ts';
import type { Context } from '../../libs/cli/command.ts';
import { Output } from '../../libs/cli/output.ts';
import { execute } from '../../libs/cli/run-main.ts';

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

test('a port that is taken is refused when it was asked for, and another is found when not', async (t) => {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  await assert.rejects(freePort(port), { code: 'INPUT', message: new RegExp(`${port}`) });
  const found = await freePort(undefined);
  assert.ok(found > 0 && found !== port);
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
      const sinceUs = batch.timeUs[index]! - startUs;
      assert.ok(sinceUs > -10_000 && sinceUs < 5e6, `${sinceUs} µs after the start`);
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

test('the header tells what runs and the command that reads along', () => {
  const story = { line: 'argus -i eth0 -P 5610', port: 5610, traffic: 'eth0' };
  const text = headerText(story, '(a remark)');
  for (const part of ['argus -i eth0 -P 5610', '(a remark)', readCommand([5610]), 'Ctrl-C'])
    assert.ok(text.includes(part));
  assert.match(
    joinedText('Silence.', { ...story, port: 7 }, [5610, 7]),
    /Silence\..*beside it[\s\S]*-S 127\.0\.0\.1:5610 -S 127\.0\.0\.1:7\n/,
  );
  assert.doesNotMatch(joinedText('Gone.', story, [5610]), /beside/);
});
