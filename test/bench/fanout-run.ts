import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DrainOrder, DrainReport, ReaderReport } from './fanout-drain.ts';
import type { Feed } from './fanout-feed.ts';

/** What is done with one multiplexer. */
export interface FanoutRun {
  readonly feed: Feed;
  /** The command of the multiplexer, which reads from one port and serves on another. */
  readonly command: (from: number, to: number) => readonly string[];
  readonly order: Omit<DrainOrder, 'port' | 'records'>;
}

export interface FanoutUsage {
  readonly readers: readonly ReaderReport[];
  /** Of the multiplexer alone, from before the first record to behind the last. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** Of the multiplexer, since its start. */
  readonly peakBytes: number;
}

/** Parcels on their way at most, from the feed to the slowest reader. */
const AHEAD_MAX = 16;
const READY_MS_MAX = 15_000;
/** Without a word of the readers. */
const STALL_MS_MAX = 30_000;
const TICKS_PER_SECOND = 100;

/** Feeds a multiplexer all there is, as fast as all of its readers get it. @throws Error when anything is not as it must be */
export async function runFanout({ feed, command, order }: FanoutRun): Promise<FanoutUsage> {
  const port = await freePort();
  const [program = '', ...args] = command(feed.port, port);
  const multiplexer = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  multiplexer.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  const drain = fork(join(import.meta.dirname, 'fanout-drain.js'));
  const limit = setTimeout(() => drain.kill(), STALL_MS_MAX);
  drain.on('message', () => limit.refresh());
  try {
    await whenListening(port);
    await withTime(feed.connected());
    const records = feed.parcels.reduce((sum, parcel) => sum + parcel.records, 0);
    drain.send({ ...order, port, records } satisfies DrainOrder);
    return await measured(feed, drain, multiplexer.pid!);
  } catch (error) {
    throw new Error(`${program} ${args.join(' ')}: ${(error as Error).message}\n${said.trim()}`, { cause: error });
  } finally {
    clearTimeout(limit);
    drain.kill();
    multiplexer.kill();
    if (multiplexer.exitCode === null && multiplexer.signalCode === null) await once(multiplexer, 'exit');
  }
}

async function measured(feed: Feed, drain: ChildProcess, pid: number): Promise<FanoutUsage> {
  let sent = 0;
  let sentRecords = 0;
  /** Records up to the end of each parcel that was sent. */
  const ends: number[] = [];
  let begun = { cpu: 0, at: 0 };
  const sendOn = (known: number): void => {
    while (ends.length > 0 && ends[0]! <= known) ends.shift();
    for (; sent < feed.parcels.length && ends.length < AHEAD_MAX; sent++) {
      feed.send(sent);
      ends.push((sentRecords += feed.parcels[sent]!.records));
    }
  };
  return new Promise((resolve, reject) => {
    drain.once('exit', () => reject(new Error('the readers ended, or got nothing for too long')));
    drain.on('message', (report: DrainReport) => {
      if (report.kind === 'failed') reject(new Error(report.reason));
      else if (report.kind === 'progress') sendOn(report.records);
      else if (report.kind === 'ready') {
        begun = { cpu: cpuSeconds(pid), at: performance.now() };
        sendOn(0);
      } else {
        resolve({
          readers: report.readers,
          cpuSeconds: cpuSeconds(pid) - begun.cpu,
          wallSeconds: (performance.now() - begun.at) / 1000,
          peakBytes: 1024 * Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0),
        });
      }
    });
  });
}

/** User and system time of a process and its threads. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Asks the kernel: a connection would take the place of a reader. */
async function whenListening(port: number): Promise<void> {
  const giveUpAt = performance.now() + READY_MS_MAX;
  const listening = `:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`;
  while (!readFileSync('/proc/net/tcp', 'latin1').includes(listening)) {
    if (performance.now() > giveUpAt) throw new Error('it does not listen');
    await delay(50);
  }
}

async function withTime(work: Promise<void>): Promise<void> {
  const timer = new AbortController();
  const late = delay(READY_MS_MAX, undefined, { signal: timer.signal }).then(() => {
    throw new Error('it does not connect to what feeds it');
  });
  await Promise.race([work, late]).finally(() => timer.abort());
}
