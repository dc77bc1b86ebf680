import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statfsSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readNote } from '../../libs/archive/archive-note.ts';
import { HeldFiles } from '../../libs/cli/input/held-files.ts';
import { filesBelow as filesRead } from '../../libs/cli/input/record-paths.ts';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { FLOW_BATCH } from '../../libs/record/batch.ts';
import { startTimes } from '../../libs/record/gather.ts';
import { Random } from '../../libs/synthetic/random.ts';
import { batchesIn, filesBelow, upTo } from '../archive/archived.ts';
import { numberedStream, START_US } from '../archive/numbered-stream.ts';
import { batchOf, cellsOf } from '../support/batches.ts';
import { atFileStep } from '../support/at-file-step.ts';
import { runCommand, RunningCommand, type Finished } from '../support/run-command.ts';
import { runHere } from '../support/run-here.ts';

const root = mkdtempSync(join(tmpdir(), 'panoptes-join-'));
const mounts: string[] = [];
after(() => {
  for (const folder of mounts) spawnSync('umount', [folder]);
  rmSync(root, { recursive: true });
});

const DAY_SECONDS = 86_400;
const STREAM = numberedStream({ frames: 900, seed: 21, seconds: DAY_SECONDS });
const BYTES = Buffer.concat(STREAM.map((batch) => encodeBatch(batch)));
const RECORDS = STREAM.reduce((sum, { rows }) => sum + rows, 0);

async function run(name: string, ...args: string[]): Promise<Finished> {
  const done = await (name === 'panoptes' ? runCommand : runHere)(name, args);
  assert.deepEqual([done.status, done.stderr], [0, '']);
  return done;
}

const archive = (...words: string[]): Promise<Finished> => run('panoptes', 'archive', ...words);

let archived: Promise<string> | undefined;

/** Files of twenty minutes that rastream has made of a day, a folder for each date, as old as their records: a copy of its own. */
async function dayOf(folder: string): Promise<string> {
  archived ??= archiveDay(join(root, 'made'));
  cpSync(await archived, folder, { recursive: true, preserveTimestamps: true });
  return folder;
}

async function archiveDay(folder: string): Promise<string> {
  const words = ['-r', '-', '-M', 'time', '20m', '-w', join(folder, '%Y-%m-%d/%H.%M')];
  const { status, stderr } = await runCommand('rastream', words, BYTES);
  assert.equal(status, 0, stderr);
  await makeOld(folder);
  return folder;
}

async function makeOld(folder: string): Promise<void> {
  for (const file of filesBelow(folder)) {
    const to = (await readNote(join(folder, file)))?.to ?? START_US;
    utimesSync(join(folder, file), to / 1e6, to / 1e6);
  }
}

/** The numbers of all records, as a reader of the tree finds them, ascending. */
async function numbersRead(folder: string): Promise<number[]> {
  const numbers: number[] = [];
  for await (const path of filesRead(folder, assert.fail))
    for (const batch of await batchesIn(path)) numbers.push(...(cellsOf(batch, 'flowid') as number[]));
  return numbers.sort((a, b) => a - b);
}

test('a night of cron: a day of small files becomes one a date, and every question has the same answer', async () => {
  const folder = await dayOf(join(root, 'night'));
  const files = filesBelow(folder);
  assert.ok(files.length > 70, String(files.length));
  const questions: [string, ...string[]][] = [
    ['racount', '-R', folder],
    ['racluster', '-R', folder, '-m', 'proto', '-s', 'proto', 'trans', 'stime', 'ltime', 'pkts'],
    ['rasort', '-R', folder, '-m', 'stime', 'flowid', '-s', 'stime', 'flowid', 'srcid'],
    ['ra', '-R', folder, '--merge', '-t', '2026/02/02.12:00+10m', '-c', ',', '-s', 'stime'],
    ['rabins', '-R', folder, '-M', 'hard', 'time', '1h', '-m', 'none', '-s', 'stime', 'trans'],
  ];
  const answers = async (): Promise<string[]> => Promise.all(questions.map(async ([name, ...words]) => (await run(name, ...words)).stdout)); // prettier-ignore
  const before = await answers();
  const numbers = await numbersRead(folder);
  const dry = await archive(folder, '--dry-run');
  assert.match(dry.stdout, /2026-02-02\/02\.20\.1d: \d+ files from .*\/02\.20 on would be joined, \d+ bytes in \d+ frames\n/); // prettier-ignore
  assert.deepEqual(filesBelow(folder), files);
  const { stdout } = await archive(folder);
  assert.match(stdout, new RegExp(`, ${files.length} joined to 2 \\(\\d+ bytes before, \\d+ now\\), 0 rewritten`));
  const joined = filesBelow(folder, true);
  assert.deepEqual(joined, [files[0], files.find((file) => file.startsWith('2026-02-03'))].map((file) => `${file}.1d`)); // prettier-ignore
  assert.deepEqual(await answers(), before);
  assert.deepEqual(await numbersRead(folder), numbers);
  assert.match((await archive(folder)).stdout, /, 0 rewritten .*, 2 had been rewritten before\n$/);
  await run('racluster', '-R', folder, '-w', join(root, 'daily'));
  const note = (await readNote(join(folder, joined[0]!)))!;
  assert.deepEqual([note.series, note.joined, note.late], ['%H.%M', files[0]!.slice(11), false]);
  assert.ok(Math.abs(statSync(join(folder, joined[0]!)).mtimeMs - note.to! / 1000) < 2);
});

test('of a large joined file -t reads little, and its frames are full and in order', async () => {
  const folder = join(root, 'large');
  const stream = Array.from({ length: 600 }, (_frame, frame) => {
    const stime = Array.from({ length: 150 }, (_row, row) => START_US + (frame * 36 + row / 10) * 1e6);
    const table = { stime, dur: stime.map(() => 1e9), sport: stime.map((_time, row) => row) };
    return batchOf(150, table, { kind: FLOW_BATCH, origin: { source: 'a', run: 1 }, first: frame * 150 });
  });
  const bytes = Buffer.concat(stream.map((batch) => encodeBatch(batch)));
  const words = ['-r', '-', '-M', 'time', '10m', '-w', join(folder, '%H.%M')];
  assert.equal((await runCommand('rasplit', words, bytes)).status, 0);
  await makeOld(folder);
  const range = ['-R', folder, '-t', '2026/02/02.06:00+10m'];
  const before = await run('racount', ...range);
  await archive(folder);
  const [file, ...others] = filesBelow(folder);
  assert.deepEqual([file, others], ['02.40.1d', []]);
  assert.deepEqual(await run('racount', ...range), before);
  const { stdout } = await run('ra', ...range, '--explain');
  const [, read, of] = /(\d+) of (\d+) bytes$/m.exec(stdout) ?? [];
  assert.ok(Number(read) < Number(of) / 2, stdout);
  const flows = (await batchesIn(join(folder, file!))).filter(({ rows, kind }) => kind === FLOW_BATCH && rows > 1);
  for (const batch of flows) assert.deepEqual(startTimes(batch), startTimes(batch).toSorted());
});

test('who has begun to read a folder before its files are joined, or removed, reads each record once', async () => {
  for (const words of [[], ['--max-bytes', '1']]) {
    const folder = await dayOf(join(root, `begun-${words.length}`));
    const held = new HeldFiles();
    const numbers: number[] = [];
    for await (const path of filesRead(join(folder, '2026-02-02'), assert.fail, held)) {
      for (const batch of await batchesIn(held.placeOf(path))) numbers.push(...(cellsOf(batch, 'flowid') as number[]));
      if (filesBelow(folder).length > 2) await archive(folder, ...words);
    }
    const unread = await numbersRead(join(folder, '2026-02-03')).catch(() => []);
    assert.equal(new Set(numbers).size, numbers.length);
    if (words.length === 0)
      assert.deepEqual(
        [...numbers, ...unread].sort((a, b) => a - b),
        upTo(RECORDS),
      );
    else assert.ok(numbers.length > RECORDS / 2);
  }
});

test('killed again and again, readers of the tree find each record once at any time, and the next run ends it', async () => {
  const folder = await dayOf(join(root, 'killed'));
  const random = new Random(8);
  let kills = 0;
  for (let round = 0; round < 14 && filesBelow(folder).length > 2; round++) {
    const env = atFileStep(random.between(1, 60), 'SIGKILL');
    const command = new RunningCommand('panoptes', ['archive', folder, '--join', '6h'], env);
    await command.status;
    if (command.process.signalCode === 'SIGKILL') kills += 1;
    assert.deepEqual(await numbersRead(folder), upTo(RECORDS));
  }
  assert.ok(kills > 3, `only ${kills} were killed at work`);
  await archive(folder);
  const left = filesBelow(folder, true);
  // A day with nothing but a file of six hours has nothing to join.
  assert.deepEqual(
    left.filter((name) => !/\.(1d|6h)(\.\d)?$/.test(name)),
    [],
  );
  assert.deepEqual(left.map(dirname), [...new Set(left.map(dirname))]);
  assert.deepEqual(await numbersRead(folder), upTo(RECORDS));
});

test('latecomers are joined to what is there, and rastream takes no name of a joined file', async () => {
  const folder = join(root, 'late');
  const words = ['-r', '-', '-M', 'time', '1h', '-w', join(folder, '%H.%M')];
  const half = STREAM.length >> 1;
  const parts = [STREAM.filter((_, i) => i % 2 === 0), STREAM.filter((_, i) => i % 2 === 1)];
  assert.equal(half * 2, STREAM.length);
  for (const [i, part] of parts.entries()) {
    const bytes = Buffer.concat(part.map((batch) => encodeBatch(batch)));
    const state = join(root, `late-state-${i}`);
    assert.equal((await runCommand('rastream', [...words, '--state', state], bytes)).status, 0);
    await makeOld(folder);
    await archive(folder);
  }
  const names = filesBelow(folder);
  assert.equal(names.length, 2);
  for (const name of names) assert.match(name, /^\d\d\.\d\d\.1d\.2$/);
  assert.deepEqual(await numbersRead(folder), upTo(RECORDS));
});

test('retention by age and by bytes takes joined files, the oldest first', async () => {
  const folder = await dayOf(join(root, 'kept'));
  await archive(folder);
  const [first, second] = filesBelow(folder);
  const bytes = statSync(join(folder, second!)).size;
  assert.match((await archive(folder, '--max-bytes', String(bytes))).stdout, /02-02\/.*\.1d: removed, \d+ bytes, there is too much\n1 files removed/); // prettier-ignore
  assert.ok(!existsSync(join(folder, first!)));
  assert.match(
    (await archive(folder, '--max-age', '10')).stdout,
    /02-03\/.*\.1d: removed, \d+ bytes, [\d.]+ days old\n/,
  );
  assert.deepEqual(filesBelow(folder), []);
});

test('nothing is joined before its time is over, while one of its files is young, or that is not finished', async () => {
  const folder = await dayOf(join(root, 'waits'));
  const files = filesBelow(folder);
  assert.match((await archive(folder, '--join', '200y')).stdout, new RegExp(`, ${files.length} whose time is not over\n$`)); // prettier-ignore
  for (const day of [2, 3]) {
    const young = join(
      folder,
      files.find((file) => file.startsWith(`2026-02-0${day}`))!,
    );
    utimesSync(young, new Date(), new Date());
  }
  assert.match((await archive(folder)).stdout, new RegExp(`, ${files.length} too young\n$`));
  await makeOld(folder);
  const growing = join(folder, files[3]!);
  writeFileSync(growing, readFileSync(growing).subarray(0, 200));
  utimesSync(growing, 1, 1);
  assert.match((await archive(folder)).stdout, new RegExp(`${files.length - 1} joined to 2 .*, 1 not known to be finished\n$`)); // prettier-ignore
  assert.ok(existsSync(growing));
});

test('files of another owner, or with other rights, stay apart; those of a joined file are kept; links are not followed', async (t) => {
  const folder = await dayOf(join(root, 'owners'));
  const files = filesBelow(folder).filter((file) => file.startsWith('2026-02-02'));
  const isRoot = process.getuid?.() === 0;
  for (const file of files) chmodSync(join(folder, file), 0o640);
  for (const file of files.slice(0, 10)) chmodSync(join(folder, file), 0o600);
  if (isRoot) for (const file of files.slice(10, 20)) chownSync(join(folder, file), 12_345, 12_346);
  const outside = join(root, 'outside');
  renameSync(join(folder, files.at(-1)!), outside);
  symlinkSync(outside, join(folder, files.at(-1)!));
  await archive(folder);
  const made = filesBelow(folder).filter((file) => file.startsWith('2026-02-02') && file.endsWith('.1d'));
  const owners = made.map((file) => {
    const { uid, gid, mode } = statSync(join(folder, file));
    return `${uid}:${gid}:${(mode & 0o777).toString(8)}`;
  });
  const own = `${process.getuid?.()}:${process.getgid?.()}`;
  assert.deepEqual(owners, isRoot ? [`${own}:600`, '12345:12346:640', `${own}:640`] : [`${own}:600`, `${own}:640`]);
  assert.ok(existsSync(outside));
  assert.deepEqual(await numbersRead(folder), upTo(RECORDS));
  if (!isRoot) t.diagnostic('owners cannot be changed');
});

test('a full disk leaves all as it was', async (t) => {
  const folder = join(root, 'full');
  mkdirSync(folder);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', folder]).status !== 0)
    return t.skip('file systems cannot be mounted');
  mounts.push(folder);
  await dayOf(folder);
  const files = filesBelow(folder, true);
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(join(folder, '.filler'), Buffer.alloc((bavail - 4) * bsize));
  const { status, stderr } = await runCommand('panoptes', ['archive', folder]);
  assert.equal(status, 1);
  assert.match(stderr, /no space left/);
  rmSync(join(folder, '.filler'));
  assert.deepEqual(filesBelow(folder, true), files);
  assert.deepEqual(await numbersRead(folder), upTo(RECORDS));
});

test('an archive of Argus becomes one of ours: packed or not, joined, and what would be lost is said', async () => {
  const folder = join(root, 'argus');
  mkdirSync(folder);
  const day = join(root, 'argus-from');
  const words = ['-r', '-', '-M', 'time', '2h', '-w', join(day, '%Y-%m-%d/%H.%M')];
  assert.equal((await runCommand('rasplit', words, BYTES)).status, 0);
  const files = filesBelow(day);
  for (const [i, file] of files.entries()) {
    const path = join(folder, `argus.${file.replaceAll(/[-/]/g, '.')}`);
    await runCommand('raconvert', ['-q', '-r', join(day, file), '-w', `argus3:${path}`]);
    if (i % 3 === 0) {
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
      rmSync(path);
    }
  }
  const cut = join(folder, 'argus.cut');
  const whole = join(folder, filesBelow(folder)[1]!);
  writeFileSync(cut, readFileSync(whole).subarray(0, -20));
  const question = ['-R', folder, '-m', 'proto', '-s', 'proto', 'trans', 'stime', 'ltime', '-', 'not', 'arp'];
  renameSync(cut, join(root, 'argus.cut'));
  const before = await run('racluster', ...question);
  renameSync(join(root, 'argus.cut'), cut);
  writeFileSync(join(folder, 'notes.txt.gz'), gzipSync('no records'));
  for (const file of filesBelow(folder)) utimesSync(join(folder, file), START_US / 1e6, START_US / 1e6);
  assert.match((await archive(folder)).stdout, new RegExp(`, ${files.length + 2} with other contents\n$`));
  const dry = await runCommand('panoptes', ['archive', folder, '--convert', 'lossless', '--dry-run']);
  assert.match(
    dry.stdout,
    new RegExp(`, ${files.length} would be converted .*, 1 left as they are, 1 with other contents`),
  );
  const done = await runCommand('panoptes', ['archive', folder, '--convert', 'lossless']);
  assert.match(done.stderr, /argus\.cut is left as it is: .*the last record is cut/);
  assert.match(done.stdout, new RegExp(`, ${files.length} converted .*, ${files.length} joined to 2 `));
  assert.deepEqual(filesBelow(folder).filter((name) => name !== 'argus.cut'), [
    `argus.${files[0]!.replaceAll(/[-/]/g, '.')}.1d`,
    `argus.${files.find((file) => file.startsWith('2026-02-03'))!.replaceAll(/[-/]/g, '.')}.1d`,
    'notes.txt.gz',
  ]); // prettier-ignore
  for (const name of ['argus.cut', 'notes.txt.gz']) rmSync(join(folder, name));
  assert.deepEqual(await run('racluster', ...question), before);
});

for (const [words, said] of [
  [['--join', 'often'], /'often' is no span of time/],
  [['--convert', 'some'], /--convert takes 'lossless' or 'all', not 'some'/],
] as const) {
  test(`panoptes archive DIR ${words.join(' ')} is refused`, async () => {
    const { status, stderr } = await runCommand('panoptes', ['archive', root, ...words]);
    assert.equal(status, 2);
    assert.match(stderr, said);
  });
}
