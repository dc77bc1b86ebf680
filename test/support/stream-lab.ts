import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { decodeFrame } from '../../libs/codec/decode.ts';
import { FrameSplitter } from '../../libs/codec/split.ts';
import { FLOW_BATCH, GAP_BATCH, type Batch } from '../../libs/record/batch.ts';
import { NumberColumn } from '../../libs/record/columns.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { originKey } from '../../libs/record/ledger.ts';
import { RangeSet } from '../../libs/record/range-set.ts';
import { pcapFile } from './pcap-writer.ts';
import { RunningCommand } from './run-command.ts';

export const HOST = '127.0.0.1';

/**
 * Looks again and again whether something has come true; events of other processes do not reach us otherwise.
 * @throws when it takes longer than `ms`
 */
export async function until(isTrue: () => Promise<boolean> | boolean, ms = 100_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${isTrue.toString()}`);
    await delay(20);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const PCAP_HEADER_BYTES = 24;

/** A probe that reads what it is fed: packets ten milliseconds apart, of ten conversations, reported twice a second of their time. */
export class FedProbe {
  readonly command: RunningCommand;
  #sent = 0;

  /** @param prefix words that run it somewhere else, as in a network namespace */
  constructor(port: number, state: string, bind = HOST, prefix: readonly string[] = []) {
    const words = ['-X', '-r', '-', '-S', '0.5', '-B', bind, '-P', String(port), '--state', state];
    this.command = new RunningCommand('argus', words, {}, prefix);
  }

  /** Packets that it was fed. */
  get sent(): number {
    return this.#sent;
  }

  feed(count: number): void {
    const packets = Array.from({ length: count }, (_, i) => {
      const number = this.#sent + i;
      return { timeUs: 1e15 + number * 10_000, bytes: frame(number % 10) };
    });
    const bytes = pcapFile(packets);
    this.command.process.stdin.write(this.#sent === 0 ? bytes : bytes.subarray(PCAP_HEADER_BYTES));
    this.#sent += count;
  }

  /** Ends it in order. */
  async end(): Promise<void> {
    this.command.process.stdin.end();
    await this.command.status;
  }
}

/** A UDP packet of one of some conversations. */
function frame(conversation: number): Uint8Array {
  const bytes = Buffer.alloc(60);
  bytes.write('0200000000020200000000010800', 'hex');
  bytes.write('4500002e000000004011000a0a0000010a000002', 14, 'hex');
  bytes.writeUInt16BE(1000 + conversation, 34);
  bytes.writeUInt16BE(53, 36);
  bytes.writeUInt16BE(26, 38);
  return bytes;
}

/** What the record files below a folder hold. */
export interface Account {
  /** Sum of the packets of all flow records. */
  readonly packets: number;
  /** For each origin the ranges of record numbers; one range from 0 when nothing is missing. */
  readonly ranges: readonly (readonly (readonly [first: number, count: number])[])[];
  /** Record numbers that gaps name. */
  readonly lost: number;
  /** Record numbers that are there more than once. */
  readonly doubles: number;
}

export function accountOf(folder: string): Account {
  const had = new Map<string, RangeSet>();
  let [packets, doubles, lost] = [0, 0, 0];
  for (const batch of batchesBelow(folder)) {
    packets += packetsOf(batch);
    if (batch.kind === GAP_BATCH) lost += batch.covers;
    const key = originKey(batch.origin);
    const numbers = had.get(key) ?? new RangeSet();
    had.set(key, numbers);
    const before = numbers.total;
    numbers.add(batch.first, batch.covers);
    doubles += batch.covers - (numbers.total - before);
  }
  return { packets, doubles, lost, ranges: [...had.values()].map((numbers) => numbers.ranges) };
}

function* batchesBelow(folder: string): Generator<Batch> {
  for (const name of readdirSync(folder).sort()) {
    for (const each of new FrameSplitter().push(readFileSync(join(folder, name)))) {
      const decoded = decodeFrame(each);
      if ('batch' in decoded) yield decoded.batch;
    }
  }
}

function packetsOf(batch: Batch): number {
  if (batch.kind !== FLOW_BATCH) return 0;
  let sum = 0;
  for (const { number } of [STORED_FIELDS.spkts, STORED_FIELDS.dpkts]) {
    const column = batch.columns[number];
    if (!(column instanceof NumberColumn)) continue;
    for (let row = 0; row < batch.rows; row++) if (column.has(row)) sum += column.values[row]!;
  }
  return sum;
}

/** Ports, folders and commands of a chain: probe, multiplexer, archive. */
export class StreamLab implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'panoptes-stream-'));
  readonly #commands: RunningCommand[] = [];

  start(command: RunningCommand): RunningCommand {
    this.#commands.push(command);
    return command;
  }

  probe(port: number): FedProbe {
    const probe = new FedProbe(port, join(this.folder, 'probe'));
    this.start(probe.command);
    return probe;
  }

  radium(sources: readonly string[], port: number, ...words: readonly string[]): RunningCommand {
    const servers = sources.flatMap((source) => ['-S', source]);
    const fixed = [
      '-B',
      HOST,
      '-P',
      String(port),
      '--state',
      join(this.folder, `radium-${port}`),
      '--retry',
      '0.2',
      '--silence',
      '8',
    ];
    return this.start(new RunningCommand('radium', [...servers, ...fixed, ...words]));
  }

  /** Whether a multiplexer knows a reader by its name, so that it keeps for it what comes. */
  isKnown(port: number, name: string): boolean {
    const path = join(this.folder, `radium-${port}`, `radium-${HOST}-${port}`, 'readers.json');
    return existsSync(path) && readFileSync(path, 'utf8').includes(`"${name}"`);
  }

  /** One whose files are never full, so that its journal has everything. */
  rastream(port: number, name: string, ...words: readonly string[]): RunningCommand {
    const out = join(this.folder, `out-${name}`, 'all');
    const fixed = ['-S', `${HOST}:${port}`, '-M', 'count', '1000000', '-w', out, '--name', name];
    const times = ['--state', join(this.folder, 'archive'), '--retry', '0.2', '--silence', '8'];
    return this.start(new RunningCommand('rastream', [...fixed, ...times, ...words]));
  }

  /** What an archive has. */
  account(name: string): Account {
    return accountOf(join(this.folder, 'archive', `rastream-${name}`, 'journal'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { process } of this.#commands) process.kill('SIGKILL');
    await Promise.all(this.#commands.map(({ status }) => status));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
