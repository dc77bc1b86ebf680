import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { Random } from '../../libs/synthetic/random.ts';
import { filesBelow, numbersBelow, upTo } from '../archive/archived.ts';
import { numberedStream } from '../archive/numbered-stream.ts';
import { atFileStep } from '../support/at-file-step.ts';
import { runCommand, RunningCommand } from '../support/run-command.ts';

const root = mkdtempSync(join(tmpdir(), 'panoptes-archive-'));
after(() => rmSync(root, { recursive: true }));

const STREAM = numberedStream({ frames: 1500, seed: 11, seconds: 60 });
const RECORDS = STREAM.reduce((sum, { rows }) => sum + rows, 0);
const OLD_SECONDS = 1_700_000_000;

let made: Promise<string> | undefined;

/** A tree that rastream has made of the stream, some files by time and one in the order in which all came: a copy of its own. */
async function archiveOf(name: string): Promise<string> {
  const folder = join(root, name);
  made ??= makeArchive(join(root, 'made'));
  cpSync(await made, folder, { recursive: true, preserveTimestamps: true });
  return folder;
}

async function makeArchive(folder: string): Promise<string> {
  const bytes = Buffer.concat(STREAM.map((batch) => encodeBatch(batch)));
  const words = ['-r', '-', '-M', 'time', '10s', '-w', join(folder, '%Y/%H.%M.%S')];
  const { status, stderr } = await runCommand('rastream', words, bytes);
  assert.equal(status, 0, stderr);
  for (const file of filesBelow(folder)) utimesSync(join(folder, file), OLD_SECONDS, OLD_SECONDS);
  return folder;
}

/** Files by themselves: `panoptes-join.test.ts` joins them. */
const archive = (...words: readonly string[]): ReturnType<typeof runCommand> => runCommand('panoptes', ['archive', ...words, '--join', 'no']); // prettier-ignore

test('what rastream made is rewritten once, with every record and the same totals; a dry run does nothing', async () => {
  const folder = await archiveOf('rewritten');
  const files = filesBelow(folder);
  const totals = await runCommand('racount', ['-R', folder]);
  const dry = await archive(folder, '--dry-run');
  assert.match(dry.stdout, new RegExp(`\n0 files would be removed \\(0 bytes\\), ${files.length} would be rewritten`));
  assert.deepEqual([dry.status, dry.stderr, filesBelow(folder)], [0, '', files]);
  const done = await archive(folder);
  assert.deepEqual([done.status, done.stderr], [0, '']);
  assert.equal(done.stdout.match(/: rewritten, \d+ bytes in \d+ frames, now \d+ bytes in \d+ frames$/gm)?.length, files.length); // prettier-ignore
  assert.deepEqual(await numbersBelow(folder), upTo(RECORDS));
  assert.deepEqual(await runCommand('racount', ['-R', folder]), totals);
  const again = await archive(folder);
  assert.match(again.stdout, /^0 files removed .* 0 rewritten .*, \d+ had been rewritten before\n$/);
});

test('killed again and again, it has lost and doubled no record, and leaves nothing behind at the end', async () => {
  const folder = await archiveOf('killed');
  const before = filesBelow(folder, true);
  const random = new Random(3);
  let kills = 0;
  for (let round = 0; round < 12; round++) {
    const env = atFileStep(random.between(1, 60), 'SIGKILL');
    const command = new RunningCommand('panoptes', ['archive', folder, '--join', 'no'], env);
    await command.status;
    if (command.process.signalCode === 'SIGKILL') kills += 1;
    assert.deepEqual(await numbersBelow(folder), upTo(RECORDS));
  }
  assert.ok(kills > 3, `only ${kills} were killed at work`);
  assert.equal((await archive(folder)).status, 0);
  assert.deepEqual(filesBelow(folder, true), before);
  assert.deepEqual(await numbersBelow(folder), upTo(RECORDS));
});

const EARLY = ['stime', 'lt', '1770000005'];

test('a filter reads less of small, shuffled frames than before', async () => {
  const folder = join(root, 'faster');
  mkdirSync(folder);
  const path = join(folder, 'records');
  const random = new Random(5);
  const frames = STREAM.map((batch) => ({ place: random.between(0, 1e9), bytes: encodeBatch(batch, { zones: true }) }));
  frames.sort((a, b) => a.place - b.place);
  writeFileSync(path, Buffer.concat(frames.map(({ bytes }) => bytes)));
  utimesSync(path, OLD_SECONDS, OLD_SECONDS);
  const totals = await runCommand('racount', ['-r', path, '-', ...EARLY]);
  const read = async (): Promise<{ bytes: number; of: number }> => {
    const { stdout } = await runCommand('ra', ['-r', path, '--explain', '-', ...EARLY]);
    const [, bytes, of] = /(\d+) of (\d+) bytes$/m.exec(stdout) ?? [];
    return { bytes: Number(bytes), of: Number(of) };
  };
  const before = await read();
  assert.match((await archive(folder)).stdout, /, 1 not known to be finished/);
  assert.match((await archive(folder, '--all')).stdout, /: rewritten/);
  const now = await read();
  assert.ok(before.bytes === before.of && now.of < before.of / 2 && now.bytes < now.of, JSON.stringify([before, now]));
  assert.deepEqual(await runCommand('racount', ['-r', path, '-', ...EARLY]), totals);
});

test('the oldest files go, those of others, links and what is outside stay', async () => {
  const folder = await archiveOf('retention');
  const outside = join(root, 'outside');
  cpSync(folder, outside, { recursive: true, preserveTimestamps: true });
  symlinkSync(outside, join(folder, 'link'));
  symlinkSync(join(outside, filesBelow(outside)[0]!), join(folder, 'link-to-file'));
  writeFileSync(join(folder, 'notes.txt'), 'not of ours, though there is more than a header of it');
  utimesSync(join(folder, 'notes.txt'), OLD_SECONDS, OLD_SECONDS);
  const [first, second, ...others] = filesBelow(folder).filter((name) => name.startsWith('2'));
  utimesSync(join(folder, second!), OLD_SECONDS - 1, OLD_SECONDS - 1);
  const sizes = [first!, ...others].map((name) => statSync(join(folder, name)).size);
  const limit = String(sizes.reduce((sum, bytes) => sum + bytes));
  const dry = await archive(folder, '--max-bytes', limit, '--dry-run');
  assert.match(dry.stdout, new RegExp(`${second}: would be removed, \\d+ bytes, there is too much\n`));
  assert.ok(existsSync(join(folder, second!)));
  const done = await archive(folder, '--max-bytes', limit);
  assert.match(done.stdout, /^1 files? removed \(\d+ bytes\), .*, 1 with other contents$/m);
  assert.ok(!existsSync(join(folder, second!)) && existsSync(join(folder, first!)));
  await archive(folder, '--max-age', '30');
  assert.deepEqual(readdirSync(folder).sort(), ['link', 'link-to-file', 'notes.txt']);
  assert.deepEqual(await numbersBelow(outside), upTo(RECORDS));
});

test('what was written a moment ago is not touched', async () => {
  const folder = await archiveOf('young');
  for (const file of filesBelow(folder)) utimesSync(join(folder, file), new Date(), new Date());
  const { stdout } = await archive(folder, '--max-bytes', '1', '--max-age', '0');
  assert.match(stdout, /^0 files removed \(0 bytes\), 0 rewritten .*, \d+ too young\n$/);
});

test('two at once: the second says so', async () => {
  const folder = await archiveOf('twice');
  const held = new RunningCommand('panoptes', ['archive', folder], atFileStep(20, 'SIGSTOP'));
  while (!existsSync(join(folder, '.archive.pid'))) await delay(2);
  const second = await archive(folder);
  // Again and again, for it may not have come so far yet.
  const going = setInterval(() => held.process.kill('SIGCONT'), 20);
  await held.status;
  clearInterval(going);
  assert.equal(second.status, 1);
  assert.match(second.stderr, /another 'panoptes archive' is at work in .*, process \d+/);
  assert.equal(await held.status, 0);
});

for (const [words, said] of [
  [['archive'], /'archive' takes one folder/],
  [['archive', '/nowhere/at/all'], /cannot read .*: no such file/],
  [['archive', root, '--max-bytes', 'lots'], /--max-bytes 'lots' is no size/],
  [['archive', root, '--demo'], /--demo belongs to 'up'/],
  [['up', '--dry-run'], /--dry-run belongs to 'archive'/],
] as const) {
  test(`panoptes ${words.join(' ').replace(root, 'DIR')} is refused`, async () => {
    const { status, stderr } = await runCommand('panoptes', words);
    assert.ok(status > 0);
    assert.match(stderr, said);
  });
}
