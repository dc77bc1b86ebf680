import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { recordBatch, type RecordValues } from '../support/records.ts';
import { runHere } from '../support/run-here.ts';

const HOUR_US = 3_600_000_000;
const FIRST_US = Date.UTC(2023, 10, 14, 22) * 1000;
const folder = mkdtempSync(join(tmpdir(), 'ra-select-'));
const file = join(folder, 'records');
after(() => rmSync(folder, { recursive: true }));

/** A flow each hour, which lasts for half of it; its number is that of its packets. */
const flows = Array.from({ length: 48 }, (_, i): RecordValues => ({
  flowid: i,
  stime: FIRST_US + i * HOUR_US,
  dur: 1800e9,
  etype: 0x0800,
  ipproto: i % 2 === 0 ? 6 : 17,
  saddr: '10.0.0.1',
  daddr: '192.0.2.1',
  sport: 1000 + i,
  dport: 80,
  spkts: i,
  dpkts: 0,
  ...(i % 8 === 0 ? { suser: `GET /${i}\r\nHost: a`, duser: `${i} OK` } : {}),
}));
writeFileSync(file, encodeBatch(recordBatch(flows)));

/** Packets of the records that are taken. */
async function taken(...words: string[]): Promise<string> {
  const { status, stdout, stderr } = await runHere('ra', ['-r', file, '-L', '-1', '-c', ',', '-s', 'spkts', ...words]);
  assert.equal(status, 0, stderr);
  return stdout.trim().split('\n').join(' ');
}

const CASES: readonly [words: string[], packets: string][] = [
  [['-t', '2023/11/14.23'], '1'],
  [['-t', '2023/11/14.22:45-23:10'], '1'],
  [['-t', '2023/11/14.22:45', '-t', '1700010000+1s'], '3'],
  [['-t', '**.22'], '0 24'],
  [['-t', 'x2023/11/15-2023/11/17'], '0 1'],
  [['-t', '2023/11/15@Asia/Tokyo', '-t', 'x**.10@Asia/Tokyo'], '0 1 2 4 5 6 7 8 9 10 11 12 13 14 15 16'],
  [['-t', '2023/11/14', '-', 'udp'], '1'],
  [['-e', '^GET /[18]'], '8 16'],
  [['-e', 'd:^4. OK', '-', 'port 80'], '40'],
  [['-e', 's:(?i)^get.*host'], '0 8 16 24 32 40'],
  [['-', 'user', '~', '"OK$"', 'and', 'spkts', '<', '10'], '0 8'],
];

for (const [words, packets] of CASES)
  test(`ra ${words.join(' ')}`, async () => assert.equal(await taken(...words), packets));

test('ra -b shows how the filter and the times were understood, and reads nothing', async () => {
  const { status, stdout } = await runHere('ra', ['-b', '-t', 'c2023/11/14@UTC', '-e', 's:x', '-', 'not', 'tcp']);
  assert.equal(status, 0);
  assert.equal(
    stdout,
    [
      'all of',
      '  time lies in 2023-11-14T00:00:00.000Z up to 2023-11-15T00:00:00.000Z',
      '  suser ~ "(?s)x"',
      '  not',
      '    ipproto = 6',
      'reads: stime stimens dur suser ipproto',
      '',
    ].join('\n'),
  );
});

test('what is not understood is told, with exit status 2', async () => {
  for (const [words, message] of [
    [['-t', 'yesterday'], /'yesterday' is no time/],
    [['-t', '14@Nowhere'], /'Nowhere' is no time zone/],
    [['-e', 's:a(b'], /a '\(' without its '\)' at column 4/],
    [['-', 'prot 80'], /'prot' is not a test/],
  ] as const) {
    const { status, stderr, stdout } = await runHere('ra', ['-r', file, ...words]);
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, message);
  }
});
