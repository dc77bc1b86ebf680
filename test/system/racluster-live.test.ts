import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, type TestContext } from 'node:test';
import type { Batch } from '../../libs/record/batch.ts';
import { RecordServer } from '../../libs/transport/server.ts';
import { PATIENCE } from '../support/patience.ts';
import { recordBatch } from '../support/records.ts';
import { RunningCommand } from '../support/run-command.ts';
import { freePort, HOST } from '../support/free-port.ts';
import { StreamLab, until } from '../support/stream-lab.ts';

const root = mkdtempSync(join(tmpdir(), 'panoptes-racluster-live-'));
after(() => rmSync(root, { recursive: true }));

const START = 1_700_000_000_000_000;
const SECOND = 1_000_000;

interface Live {
  readonly server: RecordServer;
  /** `host:port` of a multiplexer that reads the server. */
  readonly where: string;
}

/** A multiplexer that reads a server of records. */
async function live(t: TestContext): Promise<Live> {
  const lab = new StreamLab();
  t.after(() => lab[Symbol.asyncDispose]());
  const server = new RecordServer({ program: 'test', source: '1', startUs: 1 });
  t.after(() => server.close());
  const [address] = await server.listen({ port: 0, hosts: [HOST] });
  const port = await freePort();
  lab.radium([`${HOST}:${address?.port}`], port);
  await until(() => server.stats.readers === 1);
  return { server, where: `${HOST}:${port}` };
}

/** The record of a second. */
function secondOf(first: number): Batch {
  const record = { stime: START + first * SECOND, dur: 0, etype: 0x0800, ipproto: 17, saddr: '10.0.0.1', daddr: '10.0.0.2', sport: 1024 + first, dport: 53, spkts: 2, dpkts: 0, sbytes: 100, dbytes: 0 }; // prettier-ignore
  return { ...recordBatch([record]), first };
}

/** Pushes a record of each second, of a source port of its own, until the reader has printed something. */
async function feed(server: RecordServer, reader: RunningCommand): Promise<number> {
  let seconds = 0;
  const pushing = setInterval(() => server.push(secondOf(seconds++)), 5);
  await reader.until((stdout) => stdout !== '');
  clearInterval(pushing);
  return seconds;
}

const rowsOf = (stdout: string): string[][] => stdout.trim().split('\n').map((line) => line.trim().split(/\s+/)); // prettier-ignore

test(
  'racluster prints the groups of a stream when they are idle, and the others when it is interrupted',
  PATIENCE,
  async (t) => {
    const { server, where } = await live(t);
    const config = join(root, 'idle.conf');
    writeFileSync(config, 'filter="udp" model="saddr proto sport" idle=3\n');
    const reader = new RunningCommand('racluster', ['-X', '-S', where, '-f', config, '-L', '-1', '-n', '-s', 'sport', 'trans', 'spkts']); // prettier-ignore
    const pushed = await feed(server, reader);
    reader.process.kill('SIGINT');
    assert.equal(await reader.status, 0, reader.stderr);
    const ports = rowsOf(reader.stdout).map(([port]) => Number(port));
    assert.equal(new Set(ports).size, ports.length, 'each group once');
    assert.ok(ports.length > 3 && ports.every((port) => port >= 1024 && port < 1024 + pushed), reader.stdout);
    assert.ok(
      rowsOf(reader.stdout).every(([, trans, packets]) => trans === '1' && packets === '2'),
      reader.stdout,
    );
  },
);

test('racluster merges a stream to its end', PATIENCE, async (t) => {
  const server = new RecordServer({ program: 'test', source: '1', startUs: 1 });
  t.after(() => server.close());
  const [address] = await server.listen({ port: 0, hosts: [HOST] });
  const where = `${HOST}:${address?.port}`;
  const reader = new RunningCommand('racluster', ['-X', '-S', where, '-m', 'saddr', '-L', '-1', '-n', '-s', 'saddr', 'trans', 'spkts', '-', 'udp']); // prettier-ignore
  await until(() => server.stats.readers === 1);
  for (let second = 0; second < 50; second++) server.push(secondOf(second));
  await server.close();
  assert.equal(await reader.status, 0, reader.stderr);
  assert.deepEqual(rowsOf(reader.stdout), [['10.0.0.1', '50', '100']]);
});

test('rabins prints the bins of a stream when they are over by so much', PATIENCE, async (t) => {
  const { server, where } = await live(t);
  const reader = new RunningCommand('rabins', ['-X', '-S', where, '-M', 'hard', 'time', '10s', '-B', '5', '-m', 'proto', '-L', '-1', '-n', '-u', '-s', 'stime', 'dur', 'spkts']); // prettier-ignore
  const pushed = await feed(server, reader);
  reader.process.kill('SIGINT');
  assert.equal(await reader.status, 0, reader.stderr);
  const rows = rowsOf(reader.stdout).map((row) => row.map(Number));
  const starts = rows.map(([start]) => start!);
  assert.deepEqual(
    starts,
    [...new Set(starts)].sort((a, b) => a - b),
    'each bin once, in order',
  );
  assert.ok(
    starts.every((start) => start % 10 === 0),
    reader.stdout,
  );
  assert.ok(
    rows.every(([, duration, packets]) => duration === 10 && packets! <= 20),
    reader.stdout,
  );
  const packets = rows.reduce((sum, row) => sum + row[2]!, 0);
  assert.ok(packets > 0 && packets <= 2 * pushed);
});
