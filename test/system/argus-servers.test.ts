import assert from 'node:assert/strict';
import { spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { NetLab, netLabMissing } from '../support/netlab.ts';
import { pcapFile } from '../support/pcap-writer.ts';
import { RunningCommand, runCommand } from '../support/run-command.ts';
import { until } from '../support/stream-lab.ts';

const isInstalled = (program: string): boolean => spawnSync(program, ['-h']).error === undefined;
const ORIGINALS = ['argus', 'radium', 'ra'];
const skip =
  netLabMissing() ?? (ORIGINALS.every(isInstalled) ? undefined : 'the original argus, radium and ra are not installed');

const FIELDS = ['saddr', 'sport', 'daddr', 'dport', 'spkts', 'sbytes', 'stime'];
const CONVERSATIONS = 20;
const PACKETS = 200;

/** UDP packets in turn of twenty conversations, from ports `port` on. */
function conversations(port: number): Uint8Array {
  const frame = (number: number): Uint8Array => {
    const bytes = Buffer.alloc(60);
    bytes.write('02aa0000000202aa000000010800', 'hex');
    bytes.write('4500002e000000004011000a0a0000010a000002', 14, 'hex');
    bytes.writeUInt16BE(port + (number % CONVERSATIONS), 34);
    bytes.writeUInt16BE(53, 36);
    bytes.writeUInt16BE(26, 38);
    return bytes;
  };
  return pcapFile(Array.from({ length: PACKETS }, (_, i) => ({ timeUs: 1e15 + i * 1000, bytes: frame(i) })));
}

/** Real argus and radium on one side of a cable, what reads them, and packets that come from the other side. */
class Lab implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'argus-servers-'));
  readonly #net: NetLab;
  readonly #started: { kill: (signal: NodeJS.Signals) => boolean }[] = [];

  constructor(net: NetLab) {
    this.#net = net;
  }

  async replay(port: number): Promise<void> {
    const path = join(this.folder, 'packets.pcap');
    writeFileSync(path, conversations(port));
    await this.#net.replay(path, 1000);
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
    await until(async () => (await this.#net.run('b', ['ss', '-Htln', `sport = :${port}`])) !== '');
  }

  async connectionsTo(port: number): Promise<number> {
    const listed = await this.#net.run('b', ['ss', '-Htn', 'state', 'established', `sport = :${port}`]);
    return listed.split('\n').length - 1;
  }

  /** A record file as text, in the order of its values. */
  async table(path: string): Promise<string[]> {
    const words = ['-n', '-u', '-c', ',', '-r', join(this.folder, path), '-s', ...FIELDS, '-', 'udp'];
    return (await runCommand('ra', words)).stdout.split('\n').slice(1).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const each of this.#started) each.kill('SIGKILL');
    await this.#net[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const packetsIn = (table: readonly string[]): number =>
  table.reduce((sum, line) => sum + Number(line.split(',')[FIELDS.indexOf('spkts')] ?? 0), 0);

test(
  'a real argus, read by our ra, by our radium and by the real ra: the same records',
  { skip, timeout: 60_000 },
  async () => {
    await using lab = new Lab(await NetLab.create());
    const { folder } = lab;
    const argus = await lab.argus(5610);
    const radium = lab.ours('radium', '-S', '127.0.0.1:5610', '-B', '127.0.0.1', '-P', '5620', '--state', folder);
    await until(() => lab.connectionsTo(5610).then((count) => count === 1));
    const direct = lab.ours('ra', '-S', '127.0.0.1:5610', '-w', join(folder, 'direct'));
    const filtered = lab.ours('ra', '-S', '127.0.0.1:5610', '-w', join(folder, 'filtered'), '-', 'udp and port 1003');
    const computed = lab.ours('ra', '-S', '127.0.0.1:5610', '-w', join(folder, 'computed'), '-', 'src port 1003');
    const relayed = lab.ours('ra', '-S', '127.0.0.1:5620', '-w', join(folder, 'relayed'));
    lab.original('ra', '-S', '127.0.0.1:5610', '-w', join(folder, 'original'));
    await until(async () => (await lab.connectionsTo(5610)) === 5 && (await lab.connectionsTo(5620)) === 1);
    await lab.replay(1000);
    await until(async () => packetsIn(await lab.table('relayed').catch(() => [])) >= PACKETS);
    argus.kill('SIGTERM');
    assert.deepEqual(await Promise.all([direct, filtered, computed].map(({ status }) => status)), [0, 0, 0]);
    radium.process.kill('SIGTERM');
    assert.equal(await relayed.status, 0);
    assert.match(direct.stderr, /127.0.0.1:5610 stopped/);

    const original = await lab.table('original');
    assert.equal(packetsIn(original), PACKETS);
    assert.deepEqual(await lab.table('direct'), original);
    assert.deepEqual(await lab.table('relayed'), original);
    const some = original.filter((line) => line.includes(',1003,'));
    assert.ok(some.length > 0);
    assert.deepEqual(
      (await lab.table('filtered')).filter((line) => line !== ''),
      some,
    );
    assert.deepEqual(
      (await lab.table('computed')).filter((line) => line !== ''),
      some,
    );
  },
);

test(
  'a real argus and a real radium are killed and come back: our programs read on',
  { skip, timeout: 60_000 },
  async () => {
    await using lab = new Lab(await NetLab.create());
    const argus = await lab.argus(5610);
    const theirs = await lab.radium(5630);
    const state = ['--state', lab.folder];
    const ours = lab.ours('radium', '-S', '127.0.0.1:5610', '-B', '127.0.0.1', '-P', '5620', ...state);
    await until(async () => (await lab.connectionsTo(5610)) === 2);
    const behindTheirs = lab.ours('ra', '-S', '127.0.0.1:5630', '-w', join(lab.folder, 'theirs'));
    const behindOurs = lab.ours('ra', '-S', '127.0.0.1:5620', '-w', join(lab.folder, 'ours'));
    const arrived = (file: string, packets: number): Promise<void> =>
      until(async () => packetsIn(await lab.table(file).catch(() => [])) >= packets);
    await until(async () => (await lab.connectionsTo(5630)) === 1 && (await lab.connectionsTo(5620)) === 1);
    await lab.replay(1000);
    await Promise.all([arrived('theirs', PACKETS), arrived('ours', PACKETS)]);

    theirs.kill('SIGKILL');
    await until(() => /connection to 127.0.0.1:5630 lost/.test(behindTheirs.stderr));
    await lab.radium(5630);
    await until(() => /connected to 127.0.0.1:5630/.test(behindTheirs.stderr));
    await until(async () => (await lab.connectionsTo(5610)) === 2);
    await lab.replay(2000);
    await Promise.all([arrived('theirs', 2 * PACKETS), arrived('ours', 2 * PACKETS)]);

    argus.kill('SIGKILL');
    await until(() => /connection to 127.0.0.1:5610 lost/.test(ours.stderr));
    await lab.argus(5610);
    await until(() => /connected to 127.0.0.1:5610/.test(ours.stderr));
    await lab.replay(3000);
    await arrived('ours', 3 * PACKETS);
    for (const each of [behindTheirs, behindOurs, ours]) each.process.kill('SIGTERM');
    assert.deepEqual(await Promise.all([behindTheirs.status, behindOurs.status]), [0, 0]);
  },
);
