import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { gzipSync } from 'node:zlib';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { CAUSE } from '../../libs/record/fields/field.ts';
import { CommandLine } from '../support/command-line.ts';
import { recordBatch } from '../support/records.ts';

const line = new CommandLine();
after(() => line[Symbol.dispose]());

/** Flows with the source ports `from` to `to - 1`. */
const frame = (from: number, to: number): Uint8Array =>
  encodeBatch(
    recordBatch(
      Array.from({ length: to - from }, (_, i) => ({
        cause: CAUSE.start,
        stime: 1_700_000_000_000_000 + (from + i) * 1e6,
        dur: 1000,
        etype: 0x0800,
        ipproto: 17,
        saddr: '10.0.0.1',
        daddr: '10.0.0.2',
        sport: from + i,
        dport: 53,
        spkts: 1,
        sbytes: 100,
      })),
    ),
  );
const frames = [frame(1, 4), frame(4, 5), frame(5, 8)];
const [FIRST, SECOND] = [frames[0]!.length, frames[0]!.length + frames[1]!.length];
const BYTES = SECOND + frames[2]!.length;
writeFileSync(join(line.folder, 'ours'), Buffer.concat(frames));
writeFileSync(join(line.folder, 'ours.gz'), gzipSync(Buffer.concat(frames)));
writeFileSync(join(line.folder, 'name::7'), Buffer.concat(frames));
assert.equal(line.run('ra -r ours -w argus3:theirs').status, 0);

const HEAD = 128; // the first management record
const RECORD = (statSync(join(line.folder, 'theirs')).size - HEAD) / 7;
const TAKEN: readonly (readonly [range: string, ports: string])[] = [
  ['ours::0', '1 2 3 4 5 6 7'],
  [`ours::${FIRST}`, '4 5 6 7'],
  [`ours::${FIRST}:${SECOND}`, '4'],
  [`ours::0:${FIRST + 1}`, '1 2 3 4'],
  [`ours::${SECOND}:999999`, '5 6 7'],
  [`ours::0:1 ours::${SECOND}`, '1 2 3 5 6 7'],
  ['name::7', '1 2 3 4 5 6 7'],
  [`theirs::${HEAD}`, '1 2 3 4 5 6 7'],
  [`theirs::${HEAD + RECORD}:${HEAD + 3 * RECORD}`, '2 3'],
  [`theirs::${HEAD + RECORD}:${HEAD + 3 * RECORD + 1}`, '2 3 4'],
  ['theirs::0:1', ''],
];
for (const [range, ports] of TAKEN) {
  test(`-r ${range} takes the records that begin there`, () => {
    const { status, stdout, stderr } = line.run(`ra -r ${range} -M noman -L -1 -n -s sport`);
    assert.deepEqual([status, stderr], [0, '']);
    assert.equal(stdout.trim().split(/\s+/).join(' '), ports);
    const counted = line.run(`racount -r ${range}`).stdout;
    assert.equal(Number(/sum\s+(\d+)/.exec(counted)?.[1]), ports === '' ? 0 : ports.split(' ').length);
  });
}

const REFUSED: readonly (readonly [range: string, status: number, reason: RegExp])[] = [
  ['ours::1', 1, new RegExp(`no frame begins at byte 1.*begin at 0 and ${FIRST}`)],
  [`ours::${BYTES}`, 1, new RegExp(`has no byte ${BYTES}`)],
  [`theirs::${HEAD + 2}`, 1, new RegExp(`no record begins at byte 130.*begin at 128 and ${HEAD + RECORD}`)],
  ['theirs::99999999', 1, /has no byte 99999999/],
  ['ours.gz::0', 1, /packed/],
  ['ours::x', 2, /'x'.*no range of bytes/],
  ['ours::9:4', 2, /no byte is from 9 on and before 4/],
  ['missing::4', 1, /cannot read missing::4/],
  ['-::4', 2, /standard input has no ranges of bytes: '-::4'/],
];
for (const [range, expected, reason] of REFUSED) {
  test(`-r ${range} is refused with its reason`, () => {
    const { status, stderr, stdout } = line.run(`ra -r ${range} -L -1`);
    assert.deepEqual([status, stdout], [expected, '']);
    assert.match(stderr, reason);
  });
}

test('the first record of a file of Argus tells of the others, and is not taken with them', () => {
  const { stdout } = line.run(`ra -r theirs::${HEAD} -M man -L -1 -s srcid sport`);
  assert.match(stdout, /^(\s+192\.0\.2\.250\s+\w+\n){7}$/);
});

test('what replaces files takes no ranges of them', () => {
  for (const command of ['rasort', 'racluster']) {
    const { status, stderr } = line.run(`${command} -M replace -r ours::0`);
    assert.equal(status, 2);
    assert.match(stderr, /whole files, not ours::0/);
  }
});
