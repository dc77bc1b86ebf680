import { spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type NetLab, netLabMissing } from './netlab.ts';
import { pcapFile } from './pcap-writer.ts';
import { RunningCommand } from './run-command.ts';
import { runHere } from './run-here.ts';
import { until } from './stream-lab.ts';

const isInstalled = (program: string): boolean => spawnSync(program, ['-h']).error === undefined;
const ORIGINALS = ['argus', 'radium', 'ra'];
/** Why the original programs cannot be run beside ours, if they cannot. */
export const originalsMissing =
  netLabMissing() ?? (ORIGINALS.every(isInstalled) ? undefined : 'the original argus, radium and ra are not installed');

const FIELDS = ['saddr', 'sport', 'daddr', 'dport', 'spkts', 'sbytes', 'stime'];
const CONVERSATIONS = 20;
/** Packets that a replay sends. */
export const PACKETS = 200;
/** Records come every second. */
const KNOCK_MS = 200;
/** Where the packets of a replay go to. */
const SERVICE = 53;
/** A source port of some that are replayed, which filters of the tests choose. */
export const CHOSEN = 1003;

function datagram(from: number, to: number): Uint8Array {
  const bytes = Buffer.alloc(60);
  bytes.write('02aa0000000202aa000000010800', 'hex');
  bytes.write('4500002e000000004011000a0a0000010a000002', 14, 'hex');
  bytes.writeUInt16BE(from, 34);
  bytes.writeUInt16BE(to, 36);
  bytes.writeUInt16BE(26, 38);
  return bytes;
}

/** UDP packets in turn of twenty conversations, from ports `port` on. */
const conversations = (port: number): Uint8Array[] =>
  Array.from({ length: PACKETS }, (_, i) => datagram(port + (i % CONVERSATIONS), SERVICE));

/** Real argus and radium on one side of a cable, what reads them, and packets that come from the other side. */
export class OriginalsLab implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'argus-servers-'));
  readonly #net: NetLab;
  readonly #started: { kill: (signal: NodeJS.Signals) => boolean }[] = [];
  /** What was found in a file by a filter, which holds until the file grows. */
  readonly #found = new Map<string, { readonly bytes: number; readonly lines: string[] }>();
  #knocks = 5300;

  constructor(net: NetLab) {
    this.#net = net;
  }

  async replay(port: number): Promise<void> {
    await this.#send(conversations(port));
  }

  async #send(frames: readonly Uint8Array[]): Promise<void> {
    const path = join(this.folder, 'packets.pcap');
    writeFileSync(path, pcapFile(frames.map((bytes, i) => ({ timeUs: 1e15 + i * 1000, bytes }))));
    await this.#net.replay(path, 1000);
  }

  /**
   * Sends packets of a conversation of its own until records of it are in all of these files: every program on the way there
   * captures, listens and is listened to, so that nothing is missed from then on.
   */
  async flowing(...files: readonly string[]): Promise<void> {
    const port = this.#knocks++;
    const knock = [datagram(CHOSEN, port)];
    const filter = `udp and port ${port}`;
    let deaf = files;
    await until(async () => {
      await this.#send(knock);
      const found = await Promise.all(deaf.map((file) => this.#records(file, filter)));
      deaf = deaf.filter((_, i) => found[i]!.length === 0);
      if (deaf.length > 0) await delay(KNOCK_MS);
      return deaf.length === 0;
    });
  }

  original(program: string, ...words: string[]): ChildProcessWithoutNullStreams & { said: string } {
    const child = Object.assign(this.#net.spawn('b', [program, '-X', ...words]), { said: '' });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (child.said += text.toString())); // prettier-ignore
    this.#started.push(child);
    return child;
  }

  ours(program: string, ...words: string[]): RunningCommand {
    const command = new RunningCommand(program, words, {}, this.#net.prefix('b'));
    this.#started.push(command.process);
    return command;
  }

  async argus(port: number): Promise<ChildProcessWithoutNullStreams> {
    const words = ['-i', 'rx0', '-P', String(port), '-B', '127.0.0.1', '-S', '1', '-M', '1', '-e', '192.0.2.9'];
    const argus = this.original('argus', ...words);
    await this.#listening(port);
    return argus;
  }

  async radium(port: number, ...words: string[]): Promise<ChildProcessWithoutNullStreams> {
    const conf = join(this.folder, 'radium.conf');
    writeFileSync(
      conf,
      `RADIUM_ARGUS_SERVER="127.0.0.1:5610"\nRADIUM_ACCESS_PORT=${port}\nRADIUM_BIND_IP="127.0.0.1"\n`,
    );
    const radium = this.original('radium', '-f', conf, ...words);
    await this.#listening(port);
    return radium;
  }

  async #listening(port: number): Promise<void> {
    await until(() => this.listens(port));
  }

  async listens(port: number): Promise<boolean> {
    return (await this.#net.run('b', ['ss', '-Htln', `sport = :${port}`])) !== '';
  }

  /** What a record file, which may not be there yet, has of the packets that were replayed: as text, in the order of its values. */
  async table(file: string): Promise<string[]> {
    return (await this.#records(file, `udp and dst port ${SERVICE}`)).toSorted();
  }

  /** Waits until a record file has so many of the packets that were replayed. */
  async arrived(file: string, packets: number): Promise<void> {
    await until(async () => packetsIn(await this.table(file)) >= packets);
  }

  async #records(file: string, filter: string): Promise<string[]> {
    const path = join(this.folder, file);
    const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    const key = `${file} ${filter}`;
    const known = this.#found.get(key);
    if (bytes === (known?.bytes ?? 0)) return known?.lines ?? [];
    const words = ['-X', '-n', '-u', '-c', ',', '-L', '-1', '-r', path, '-s', ...FIELDS, '-', filter];
    const { stdout } = await runHere('ra', words);
    const lines = stdout.split('\n').filter(Boolean);
    this.#found.set(key, { bytes, lines });
    return lines;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const each of this.#started) each.kill('SIGKILL');
    await this.#net[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const packetsIn = (table: readonly string[]): number =>
  table.reduce((sum, line) => sum + Number(line.split(',')[FIELDS.indexOf('spkts')] ?? 0), 0);
