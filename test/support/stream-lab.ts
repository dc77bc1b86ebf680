import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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
import { HOST } from './free-port.ts';
import { PATIENCE } from './patience.ts';
import { pcapFile } from './pcap-writer.ts';
import { RunningCommand } from './run-command.ts';

/** Less than a test may take, so that the condition is told and not the test alone. */
const UNTIL_MS_MAX = 0.9 * PATIENCE.timeout;

/**
 * Looks again and again whether something has come true; events of other processes do not reach us otherwise.
 * @throws when it hangs
 */
export async function until(isTrue: () => Promise<boolean> | boolean): Promise<void> {
  const end = performance.now() + UNTIL_MS_MAX;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`not within ${UNTIL_MS_MAX} ms: ${isTrue.toString()}`);
    await delay(20);
  }
}

/** Names of the readers for which servers keep records whose state lies below a folder. */
export function knownReaders(state: string): string[] {
  if (!existsSync(state)) return [];
  const files = readdirSync(state).map((server) => join(state, server, 'readers.json'));
  return files
    .filter((path) => existsSync(path))
    .flatMap((path) => JSON.parse(readFileSync(path, 'utf8')) as { readonly name: string }[])
    .map(({ name }) => name);
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

const journalOf = (folder: string, name: string): string => join(folder, 'archive', `rastream-${name}`, 'journal');

/** Waits until the record files below a folder, which come and go meanwhile, fulfil the condition. */
export async function accountFulfils(folder: string, condition: (account: Account) => boolean): Promise<void> {
  await until(() => {
    let account: Account;
    try {
      account = accountOf(folder);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
      throw error;
    }
    return condition(account);
  });
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
    const fixed = ['-B', HOST, '-P', String(port), '--state', join(this.folder, `radium-${port}`), '--retry', '0.2'];
    return this.start(new RunningCommand('radium', [...servers, ...fixed, ...words]));
  }

  /** Waits until a multiplexer knows readers by their names, so that it keeps for them what comes. */
  async known(port: number, ...names: readonly string[]): Promise<void> {
    await until(() => {
      const readers = knownReaders(join(this.folder, `radium-${port}`));
      return names.every((name) => readers.includes(name));
    });
  }

  /** Waits until the probe knows so many readers. */
  async knownToProbe(count: number): Promise<void> {
    await until(() => knownReaders(join(this.folder, 'probe')).length === count);
  }

  /** One whose files are never full, so that its journal has everything. */
  rastream(port: number, name: string, ...words: readonly string[]): RunningCommand {
    const out = join(this.folder, `out-${name}`, 'all');
    const fixed = ['-S', `${HOST}:${port}`, '-M', 'count', '1000000', '-w', out, '--name', name];
    const times = ['--state', join(this.folder, 'archive'), '--retry', '0.2'];
    return this.start(new RunningCommand('rastream', [...fixed, ...times, ...words]));
  }

  /** What an archive has, of which nothing is written at the moment. */
  account(name: string): Account {
    return accountOf(journalOf(this.folder, name));
  }

  /** Waits until an archive has what fulfils the condition. */
  async archived(name: string, condition: (account: Account) => boolean): Promise<void> {
    await accountFulfils(journalOf(this.folder, name), condition);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { process } of this.#commands) process.kill('SIGKILL');
    await Promise.all(this.#commands.map(({ status }) => status));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
