import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { HEADER_BYTES } from '../../libs/codec/format.ts';
import { GAP_BATCH, type Batch } from '../../libs/record/batch.ts';
import { numberedStream } from '../archive/numbered-stream.ts';
import { batchOf } from '../support/batches.ts';
import { runCommand, RunningCommand } from '../support/run-command.ts';
import { runHere } from '../support/run-here.ts';

const root = mkdtempSync(join(tmpdir(), 'panoptes-threads-'));
after(() => rmSync(root, { recursive: true }));

const FRAMES = numberedStream({ frames: 300, seed: 5, seconds: 60 }).map((batch) => encodeBatch(batch));
const path = (name: string): string => join(root, name);
/** All records, in files: no thread gets those of two together. */
const PARTS = Array.from({ length: 8 }, (_, part) => path(`tree/${part}`));

/** A frame whose checksum is right, and whose envelope is none. */
function senseless(frame: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(frame);
  bytes[HEADER_BYTES] = 0xc1;
  const view = new DataView(bytes.buffer);
  view.setUint32(
    HEADER_BYTES - 4,
    crc32(bytes.subarray(HEADER_BYTES), crc32(bytes.subarray(0, HEADER_BYTES - 4))),
    true,
  );
  return bytes;
}

function gap(): Batch {
  return { ...batchOf(0, {}, { kind: GAP_BATCH, origin: { source: 'a', run: 1 }, first: 100 }), covers: 7 };
}

before(async () => {
  const parts = (from: number, to: number): Uint8Array => Buffer.concat(FRAMES.slice(from, to));
  writeFileSync(path('all'), parts(0, 300));
  mkdirSync(path('tree'));
  for (const [i, part] of PARTS.entries()) writeFileSync(part, parts(40 * i, 40 * (i + 1)));
  writeFileSync(path('tree/none'), '');
  writeFileSync(path('gap'), Buffer.concat([parts(0, 150), encodeBatch(gap()), parts(150, 300)]));
  writeFileSync(path('senseless'), Buffer.concat([parts(0, 200), senseless(FRAMES[7]!), parts(200, 300), senseless(FRAMES[9]!)])); // prettier-ignore
  const made = await runCommand('ra', ['-X', '-r', path('tree/3'), '-w', `argus3:${path('argus3')}`]);
  assert.equal(made.status, 0, made.stderr);
  writeFileSync(path('cut'), parts(0, 300).subarray(0, -3));
  const damaged = parts(0, 300);
  damaged[damaged.length >> 1]! ^= 1;
  writeFileSync(path('damaged'), damaged);
});

const SHOWN = ['-s', 'flowid', 'stime', 'proto', 'saddr'];

const CASES: readonly (readonly [about: string, program: string, args: readonly string[]])[] = [
  ['all records', 'ra', ['-r', ...PARTS, ...SHOWN]],
  ['a filter', 'ra', ['-r', ...PARTS, ...SHOWN, '-', 'udp or icmp']],
  ['a filter that refuses all', 'ra', ['-r', ...PARTS, ...SHOWN, '-', 'tcp and udp']],
  ['a time range of another zone', 'ra', ['--time-zone', 'Asia/Tokyo', '-t', '2026/02/02.11:40:10+20s', '-r', ...PARTS, ...SHOWN]], // prettier-ignore
  ['management records', 'ra', ['-M', 'man', '-r', ...PARTS]],
  ['JSON', 'ra', ['-M', 'json', '-r', ...PARTS]],
  ['abbreviated numbers and colours', 'ra', ['-H', '--color', 'always', '-r', ...PARTS, '-s', 'saddr', 'bytes', 'state']], // prettier-ignore
  ['percentages', 'ra', ['-%', '-r', ...PARTS, '-s', 'saddr', 'pkts', 'bytes']],
  ['ranks', 'ra', ['-r', ...PARTS, '-s', 'rank', 'flowid', '-', 'udp']],
  ['both sides of records', 'ra', ['-M', 'rmon', '-r', ...PARTS, ...SHOWN, 'spkts', '-', 'udp']],
  ['each side of records', 'ra', ['-M', 'uni', '-r', path('tree/3'), ...SHOWN, 'spkts', 'dpkts']],
  ['no headings', 'ra', ['-L', '-1', '-r', ...PARTS, ...SHOWN]],
  ['headings between the records', 'ra', ['-L', '100', '-r', ...PARTS, ...SHOWN]],
  ['the first records', 'ra', ['-N', '1000', '-r', ...PARTS, ...SHOWN]],
  ['totals', 'ra', ['-A', '-r', ...PARTS, ...SHOWN]],
  ['totals alone', 'ra', ['-A', '-q', '-r', ...PARTS, '-', 'udp']],
  ['several files', 'ra', ['-r', path('gap'), ...PARTS, path('tree/3'), ...SHOWN]],
  ['a file of another format behind one of ours', 'ra', ['-r', ...PARTS, path('argus3'), path('tree/3'), ...SHOWN]],
  ['a tree', 'ra', ['-R', path('tree'), ...SHOWN]],
  ['a frame that makes no sense', 'ra', ['-r', path('senseless'), path('tree/3'), ...SHOWN]],
  ['a file that is cut', 'ra', ['-r', path('cut'), path('tree/3'), ...SHOWN]],
  ['a file that is damaged', 'ra', ['-r', path('damaged'), path('tree/3'), ...SHOWN]],
  ['a file that is not there', 'ra', ['-r', ...PARTS, path('missing')]],
  ['all records in order', 'rasort', ['-r', ...PARTS, '-m', 'saddr', 'dur', ...SHOWN]],
  ['headings between records in order', 'rasort', ['-r', ...PARTS, '-m', 'dur', '-L', '1000', ...SHOWN]],
  ['ranks of records in order', 'rasort', ['-r', ...PARTS, '-m', 'dur', '-s', 'rank', 'dur', 'flowid']],
  ['totals and management records', 'rasort', ['-A', '-M', 'man', '-r', ...PARTS, '-m', 'flowid', ...SHOWN]],
  ['counts', 'racount', ['-R', path('tree'), '-r', path('gap')]],
  ['counts by protocol, and of addresses', 'racount', ['-M', 'proto', 'addr', '-r', ...PARTS]],
  ['counts of both sides', 'racount', ['-M', 'rmon', 'proto', '-r', ...PARTS]],
  ['counts of management records', 'racount', ['-M', 'man', '-r', ...PARTS]],
  ['counts of what passes a filter', 'racount', ['-M', 'json', '-r', ...PARTS, '-', 'udp']],
  ['records by the key of a flow', 'racluster', ['-r', ...PARTS, ...SHOWN, 'trans', 'pkts']],
  ['records by address', 'racluster', ['-m', 'saddr', '-R', path('tree'), '-r', path('gap')]],
  ['records by network, their durations', 'racluster', ['-m', 'srcid', 'saddr/16', '-r', ...PARTS, '-s', '+trans', '+mean', '+stddev']], // prettier-ignore
  ['records by host, each for both of its sides', 'racluster', ['-M', 'rmon', '-m', 'addr', '-r', ...PARTS, '-N', '9']], // prettier-ignore
  ['records that pass a filter, by pair of hosts', 'racluster', ['-m', 'matrix', '-A', '-r', path('senseless'), path('tree/3'), '-', 'udp']], // prettier-ignore
  ['management records', 'racluster', ['-M', 'man', '-m', 'proto', '-r', ...PARTS]],
  ['records of a file that is damaged', 'racluster', ['-m', 'none', '-r', path('damaged'), path('tree/3')]],
  ['bins of time', 'rabins', ['-M', 'time', '1s', '-m', 'proto', '-r', ...PARTS, ...SHOWN, 'dur', 'pkts']],
  ['bins of time, empty ones too', 'rabins', ['-M', 'hard', 'zero', 'time', '0.5s', '-m', 'none', '-R', path('tree')]],
  ['bins of so many records', 'rabins', ['-M', 'count', '1000', '-m', 'saddr', '-r', ...PARTS]],
];

for (const [i, [about, program, args]] of CASES.entries()) {
  const threads = String(2 + (i % 2));
  test(`${program} of ${about} comes to the same with and without threads`, async () => {
    const alone = await runHere(program, ['-X', '--threads', '1', ...args]);
    const threaded = await runCommand(program, ['-X', '--threads', threads, ...args]);
    assert.deepEqual(threaded, alone);
  });
}

// Not the same bytes: where records wait long for others, on a busy machine, they get a frame of their own.
test('rasort writes the same records with and without threads', async () => {
  const written: unknown[] = [];
  for (const threads of ['1', '3']) {
    const file = path(`by-${threads}`);
    await runCommand('rasort', ['-X', '--threads', threads, '-r', ...PARTS, '-m', 'saddr', '-w', file]);
    written.push(await runCommand('ra', ['-X', '-r', file, ...SHOWN]));
  }
  assert.deepEqual(written[1], written[0]);
});

test('threads end when nobody reads what they print', async () => {
  const files = Array.from({ length: 50 }, () => path('all'));
  const command = new RunningCommand('ra', ['-X', '--threads', '2', '-r', ...files, ...SHOWN]);
  await command.until((text) => text.includes('\n'));
  command.process.stdout.destroy();
  assert.deepEqual([await command.status, command.stderr], [0, '']);
});
