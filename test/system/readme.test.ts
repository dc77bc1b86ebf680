import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { writeGoldenCaptures } from '../golden/captures.ts';
import { asShown, examples, isForNpm, isLive } from '../golden/page.ts';
import { COLLECTOR } from '../support/headquarters.ts';
import { CommandLine } from '../support/command-line.ts';

const ROOT = join(import.meta.dirname, '../../..');
const page = examples(readFileSync(join(ROOT, 'README.md'), 'utf8'));
const shell = new CommandLine();
after(() => shell[Symbol.dispose]());
await writeGoldenCaptures(shell.folder);

test('README: what it starts with npm, npm knows', () => {
  const { scripts, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
    version: string;
  };
  // `npm pack` and the installation of its result have a test of their own.
  const known = new Set(['npm pack', `npm install --global panoptes-${version}.tgz`]);
  const lines = page.filter(({ script }) => isForNpm(script)).flatMap(({ script }) => script.trim().split('\n'));
  const unknown = lines.filter((line) => !known.has(line) && scripts[line.replace(/^npm (run )?/, '')] === undefined);
  assert.deepEqual(unknown, []);
  assert.ok(lines.length > 0);
});

for (const { script, output } of page.filter((example) => !isForNpm(example.script) && !isLive(example.script))) {
  const name = script.trim().split('\n').join('; ');
  const missing =
    /\btcpdump\b/.test(script) && shell.run('command -v tcpdump').status !== 0 && 'tcpdump is not installed';
  test(`README: ${name}`, { skip: missing }, () => {
    const { status, stdout, stderr } = shell.run(script);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    assert.equal(asShown(stdout), output ?? '', 'the page shows what the command prints; npm run golden rewrites it');
  });
}

const liveLines = page.map(({ script }) => script.trim()).filter(isLive);

test('README: what goes on for good on a log server is what the test of such a place runs', () => {
  assert.deepEqual(liveLines.slice(2), Object.values(COLLECTOR));
});

test('README: a probe and a reader, live', { skip: whyNotLive() }, async (t) => {
  const [probeLine, readerLine] = liveLines;
  const children: ChildProcess[] = [];
  t.after(() => Promise.all(children.map(end)));
  const start = (line: string | undefined): ChildProcess => {
    assert.ok(line !== undefined);
    const [command = '', ...args] = line.replace(/^sudo dist\/bin\//, '').split(' ');
    const child = spawn(command, args, { env: shell.env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    return child;
  };
  start(probeLine);
  const socket = createSocket('udp4');
  const knocking = setInterval(() => socket.send('knock', 9009, '127.0.0.1'), 50);
  t.after(() => (clearInterval(knocking), socket.close()));

  let line: string | undefined;
  while (line === undefined && !t.signal.aborted) {
    const reader = start(readerLine); // again until the probe serves
    const lines = createInterface(reader.stdout!);
    for await (const text of lines) {
      if (!text.includes('.9009')) continue;
      line = text;
      break;
    }
  }
  assert.match(line ?? '', /127\.0\.0\.1\.\d+ +->? +127\.0\.0\.1\.9009/);
});

function whyNotLive(): string | false {
  if (process.getuid?.() !== 0) return 'needs root';
  if (process.platform === 'linux') return false;
  try {
    createRequire(import.meta.url).resolve('cap');
    return false;
  } catch {
    return "the package 'cap' is not installed";
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'close');
}
