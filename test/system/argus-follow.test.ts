import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { writeCapture } from '../../libs/synthetic/capture-file.ts';
import { mixedTraffic } from '../../libs/synthetic/traffic.ts';
import { RunningCommand } from '../support/run-command.ts';
import { PATIENCE } from '../support/patience.ts';

const PACKETS = 2000;
const folder = mkdtempSync(join(tmpdir(), 'argus-follow-'));
const at = (name: string): string => join(folder, name);
let whole = Buffer.alloc(0);

before(async () => {
  await writeCapture(at('whole'), mixedTraffic({ packets: PACKETS, flows: 200, seconds: 20, seed: 3 }));
  whole = readFileSync(at('whole'));
});
after(() => rmSync(folder, { recursive: true }));

/** A probe that follows a file, whose records are printed as they come. */
function follow(name: string): RunningCommand {
  return new RunningCommand('argus', ['-X', '-f', '-r', at(name), '-S', '1']);
}

/** Packets that printed records count: the last column but two. */
function packets(stdout: string): number {
  const lines = stdout.split('\n').slice(0, -1);
  return lines.reduce((sum, line) => sum + Number(/(\d+) +\d+ +\S+$/.exec(line)?.[1] ?? 0), 0);
}

test('-f goes on where the file does, also within a packet, and ends when told to', PATIENCE, async () => {
  const half = whole.length >> 1;
  writeFileSync(at('growing'), whole.subarray(0, half));
  const probe = follow('growing');
  await probe.until((stdout) => stdout.includes('\n'));
  appendFileSync(at('growing'), whole.subarray(half));
  // The last packets' flows are reported while nothing comes any more.
  await probe.until((stdout) => packets(stdout) === PACKETS);
  probe.process.kill('SIGTERM');
  assert.deepEqual([await probe.status, probe.stderr], [0, '']);
  assert.equal(packets(probe.stdout), PACKETS);
});

test('a followed file that is cut or changed for another is told of, with what came before', PATIENCE, async () => {
  const changes: readonly (readonly [name: string, says: RegExp, change: (path: string) => void])[] = [
    ['cut', /was cut while it was followed/, (path) => truncateSync(path, 1000)],
    ['changed', /another file has taken its name/, (path) => renameSync(at('whole'), path)],
  ];
  for (const [name, says, change] of changes) {
    writeFileSync(at(name), whole);
    const probe = follow(name);
    await probe.until((stdout) => stdout.includes('\n'));
    change(at(name));
    assert.equal(await probe.status, 1);
    assert.match(probe.stderr, says);
    assert.ok(probe.stdout.split('\n').length > 100);
  }
});
