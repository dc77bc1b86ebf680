import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { GAP_BATCH, type Batch } from '../../libs/record/batch.ts';
import { RecordServer } from '../../libs/transport/server.ts';
import { freePort, HOST } from '../support/free-port.ts';
import { recordBatch } from '../support/records.ts';
import { RunningCommand } from '../support/run-command.ts';
import { PATIENCE } from '../support/patience.ts';

const PORTS = ['-L', '-1', '-n', '-s', 'sport'];

const flows = (...sports: number[]): Batch =>
  recordBatch(sports.map((sport) => ({ etype: 0x0800, ipproto: 6, saddr: '10.0.0.1', daddr: '10.0.0.2', sport })));

const portsIn = (stdout: string): number[] => stdout.trim().split(/\s+/).filter(Boolean).map(Number);

/** @returns the server and `host:port` */
const nextNumber = new Map<RecordServer, number>();

/** Sends flows of these source ports, with the next record numbers. */
function push(server: RecordServer, ...ports: number[]): void {
  const first = nextNumber.get(server) ?? 0;
  nextNumber.set(server, first + ports.length);
  server.push({ ...flows(...ports), first });
}

async function serve(t: TestContext): Promise<[RecordServer, string]> {
  const server = new RecordServer({ program: 'test', source: '1', startUs: 1 });
  t.after(() => server.close());
  const [address] = await server.listen({ port: 0, hosts: [HOST] });
  return [server, `${HOST}:${address?.port}`];
}

/** Pushes the same record until the reader has printed something: only then it surely listens. */
async function untilItListens(server: RecordServer, reader: RunningCommand): Promise<void> {
  const pushing = setInterval(() => push(server, 1), 10);
  await reader.until((stdout) => stdout !== '');
  clearInterval(pushing);
}

test('records of a server print as they come, and SIGINT ends it well', PATIENCE, async (t) => {
  const [server, where] = await serve(t);
  const reader = new RunningCommand('ra', ['-S', where, ...PORTS]);
  await untilItListens(server, reader);
  push(server, 2, 3);
  await reader.until((stdout) => portsIn(stdout).includes(3));
  reader.process.kill('SIGINT');
  assert.equal(await reader.status, 0, reader.stderr);
  assert.equal(reader.stderr, '');
});

test('several servers are read at once, until all have ended', PATIENCE, async (t) => {
  const [[a, whereA], [b, whereB]] = [await serve(t), await serve(t)];
  const reader = new RunningCommand('ra', ['-S', whereA, '-S', whereB, ...PORTS]);
  await untilItListens(a, reader);
  const pushing = setInterval(() => push(b, 20), 10);
  await reader.until((stdout) => portsIn(stdout).includes(20));
  clearInterval(pushing);
  await b.close();
  push(a, 10);
  await reader.until((stdout) => portsIn(stdout).includes(10));
  await a.close();
  assert.equal(await reader.status, 0, reader.stderr);
});

test('the filter is applied on the way', PATIENCE, async (t) => {
  const [server, where] = await serve(t);
  const reader = new RunningCommand('ra', ['-S', where, ...PORTS, '-', 'src', 'port', '1', 'or', '5']);
  await untilItListens(server, reader);
  push(server, 4, 5, 6);
  await server.close();
  assert.equal(await reader.status, 0, reader.stderr);
  assert.deepEqual(new Set(portsIn(reader.stdout)), new Set([1, 5]));
});

test('nobody listening is said, with the place', PATIENCE, async () => {
  const where = `${HOST}:${await freePort()}`;
  const reader = new RunningCommand('ra', ['-S', where]);
  assert.equal(await reader.status, 1);
  assert.match(reader.stderr, new RegExp(`^ra: cannot reach ${where}: nothing listens there`));
});

test('-T ends a live reader', PATIENCE, async (t) => {
  const [, where] = await serve(t);
  const reader = new RunningCommand('ra', ['-S', where, '-T', '0.2']);
  assert.equal(await reader.status, 0, reader.stderr);
});

test('-N ends a live reader when it has its records', PATIENCE, async (t) => {
  const [server, where] = await serve(t);
  const reader = new RunningCommand('ra', ['-S', where, '-N', '2', ...PORTS]);
  const pushing = setInterval(() => push(server, 1, 2, 3), 10);
  const status = await reader.status;
  clearInterval(pushing);
  assert.equal(status, 0, reader.stderr);
  assert.deepEqual(portsIn(reader.stdout), [1, 2]);
});

test('records on a pipe print as they come', PATIENCE, async () => {
  const reader = new RunningCommand('ra', PORTS);
  for (const port of [1, 2, 3]) {
    reader.process.stdin.write(encodeBatch(flows(port)));
    await reader.until((stdout) => portsIn(stdout).includes(port));
  }
  reader.process.stdin.end();
  assert.equal(await reader.status, 0, reader.stderr);
  assert.deepEqual(portsIn(reader.stdout), [1, 2, 3]);
});

test('after SIGINT the last words of who writes to the pipe are still printed', PATIENCE, async () => {
  const reader = new RunningCommand('ra', PORTS);
  reader.process.stdin.write(encodeBatch(flows(1)));
  await reader.until((stdout) => stdout !== '');
  reader.process.kill('SIGINT');
  reader.process.stdin.end(encodeBatch(flows(2)));
  assert.equal(await reader.status, 0, reader.stderr);
  assert.deepEqual(portsIn(reader.stdout), [1, 2]);
});

test('a file that a signal keeps from being read to its end is a failure', PATIENCE, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'ra-live-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'records');
  const frame = encodeBatch(flows(1));
  await writeFile(path, Buffer.concat(new Array<Uint8Array>(50_000).fill(frame)));
  const reader = new RunningCommand('ra', [...PORTS, '-r', path]);
  await reader.until((stdout) => stdout !== '');
  reader.process.stdout.pause(); // so that it cannot come to the end
  reader.process.kill('SIGTERM');
  reader.process.stdout.resume();
  assert.equal(await reader.status, 1);
  assert.equal(reader.stderr, 'ra: interrupted before all was read\n');
});

test('SIGTERM ends it even when the writer goes on', PATIENCE, async () => {
  const reader = new RunningCommand('ra', PORTS);
  reader.process.stdin.write(encodeBatch(flows(1)));
  await reader.until((stdout) => stdout !== '');
  reader.process.kill('SIGTERM');
  assert.equal(await reader.status, 0, reader.stderr);
});

test('records that were lost on the way are said', PATIENCE, async () => {
  const gap: Batch = { ...flows(), kind: GAP_BATCH, first: 7, covers: 3, rows: 0, columns: [] };
  const reader = new RunningCommand('ra', PORTS);
  reader.process.stdin.end(Buffer.concat([encodeBatch(flows(1)), encodeBatch(gap)]));
  assert.equal(await reader.status, 0);
  assert.match(reader.stderr, /^ra: records 7 to 9 of probe 192\.0\.2\.250 were lost on their way\n$/);
});
