import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { MANAGEMENT_BATCH } from '../../libs/record/batch.ts';
import { Random } from '../../libs/synthetic/random.ts';
import { filesBelow, numbersBelow, upTo } from '../archive/archived.ts';
import { numberedStream } from '../archive/numbered-stream.ts';
import { cellsOf } from '../support/batches.ts';
import { RunningCommand } from '../support/run-command.ts';
import { HOST, startServer } from '../transport/lab.ts';

const root = mkdtempSync(join(tmpdir(), 'panoptes-rastream-'));
after(() => rmSync(root, { recursive: true }));

/** Looks again and again whether something has come true; events of another process do not reach us otherwise. */
async function until(isTrue: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isTrue())) await delay(20);
}

interface Folders {
  readonly state: string;
  readonly out: string;
}

function foldersOf(name: string): Folders {
  return { state: join(root, name, 'state'), out: join(root, name, 'out') };
}

function rastream(port: number, { state, out }: Folders, ...words: readonly string[]): RunningCommand {
  const name = join(out, '%Y-%m-%d/argus.%H.%M.%S');
  const fixed = ['-S', `${HOST}:${port}`, '-M', 'time', '10s', '-B', '1s', '-w', name, '--name', 'keeper'];
  return new RunningCommand('rastream', [...fixed, '--state', state, ...words]);
}

/** Numbers that are in the journal, or in files, twice where they are in both. */
async function numbersKept({ state, out }: Folders): Promise<Set<number>> {
  const numbers = new Set<number>();
  for (const folder of [join(state, 'rastream-keeper/journal'), out]) {
    try {
      for (const number of await numbersBelow(folder)) numbers.add(number);
    } catch {
      // it is not there yet, or is being written
    }
  }
  return numbers;
}

test('killed and started again while records come, it has each record once', async () => {
  const folders = foldersOf('killed');
  const random = new Random(5);
  await using running = await startServer({ keep: { directory: join(root, 'server') } });
  const { server, port } = running;
  let archive = rastream(port, folders);
  await until(() => server.stats.named === 1);
  const stream = numberedStream({ frames: 300, seed: 9, seconds: 60 });
  for (const [i, batch] of stream.entries()) {
    server.push(batch);
    if (i % 5 === 0) await delay(random.between(0, 25));
    if (i % 60 !== 59) continue;
    archive.process.kill('SIGKILL');
    await archive.status;
    archive = rastream(port, folders);
  }
  const records = stream.reduce((sum, { rows }) => sum + rows, 0);
  await until(async () => (await numbersKept(folders)).size === records);
  archive.process.kill('SIGTERM');
  assert.equal(await archive.status, 0, archive.stderr);
  assert.deepEqual(await numbersBelow(folders.out), upTo(records));
  assert.deepEqual(filesBelow(folders.out, true), filesBelow(folders.out));
});

test('HUP does not disturb it, TERM ends it with all that came, and nobody else may have its state meanwhile', async () => {
  const folders = foldersOf('signals');
  await using running = await startServer({ keep: { directory: join(root, 'server-2') } });
  const { server, port } = running;
  const archive = rastream(port, folders, '--log', 'json');
  await until(() => server.stats.named === 1);
  const [first, ...others] = numberedStream({ frames: 6, seed: 1, seconds: 9 });
  server.push(first!);
  await until(async () => (await numbersKept(folders)).size === first!.rows);
  const second = rastream(port, folders);
  assert.equal(await second.status, 1);
  assert.match(second.stderr, /runs already.*--name/s);
  archive.process.kill('SIGHUP');
  for (const batch of others) server.push(batch);
  const records = [first!, ...others].reduce((sum, { rows }) => sum + rows, 0);
  await until(async () => (await numbersKept(folders)).size === records);
  archive.process.kill('SIGTERM');
  assert.equal(await archive.status, 0, archive.stderr);
  assert.deepEqual(await numbersBelow(folders.out), upTo(records));
});

test('what is wrong with the folder of the files is said at once', async () => {
  const folders = foldersOf('no-folder');
  const name = join(root, 'a-file');
  writeFileSync(name, '');
  const archive = rastream(1, { ...folders, out: name });
  assert.equal(await archive.status, 1);
  assert.match(archive.stderr, /cannot write .*a-file/);
});

test('of a stream with a filter it keeps what matches, and needs no journal for the rest', async () => {
  const folders = foldersOf('filter');
  await using running = await startServer({ keep: { directory: join(root, 'server-3') }, flushMs: 20 });
  const { server, port } = running;
  const archive = rastream(port, folders, '-', 'udp');
  await until(() => server.stats.named === 1);
  const stream = numberedStream({ frames: 60, seed: 4, seconds: 30 });
  for (const batch of stream) server.push(batch);
  const wanted = stream.flatMap((batch) => {
    const protocols = cellsOf(batch, 'ipproto');
    const numbers = cellsOf(batch, 'flowid').filter((cell) => typeof cell === 'number');
    return numbers.filter((_, row) => batch.kind === MANAGEMENT_BATCH || protocols[row] === 17);
  });
  await until(async () => (await numbersKept(folders)).size === wanted.length);
  archive.process.kill('SIGTERM');
  assert.equal(await archive.status, 0, archive.stderr);
  assert.deepEqual(await numbersBelow(folders.out), wanted);
});

test('with --finish it leaves finished files only, and what comes later for the same time goes beside them', async () => {
  const folders = foldersOf('finish');
  await using running = await startServer({ keep: { directory: join(root, 'finish-server') } });
  const { server, port } = running;
  const stream = numberedStream({ frames: 40, seed: 3, seconds: 1 });
  let records = 0;
  for (const part of [stream.slice(0, 20), stream.slice(20)]) {
    const archive = rastream(port, folders, '--finish', '-B', '99999h');
    await until(() => server.stats.readers === 1);
    for (const batch of part) server.push(batch);
    records += part.reduce((sum, { rows }) => sum + rows, 0);
    await until(async () => (await numbersKept(folders)).size === records);
    archive.process.kill('SIGTERM');
    assert.equal(await archive.status, 0, archive.stderr);
    assert.deepEqual(await numbersBelow(folders.out), upTo(records));
    assert.deepEqual(filesBelow(folders.out, true), filesBelow(folders.out));
    await until(() => server.stats.readers === 0);
  }
  assert.ok(filesBelow(folders.out).some((path) => path.endsWith('.2')));
});
