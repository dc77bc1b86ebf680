import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const OUTPUT_BYTES_MAX = 64 << 20;
/** Programs that a lab consists of, and their packages. */
const PROGRAMS = { ip: 'iproute2', tcpreplay: 'tcpreplay' } as const;

const POLL_MS = 5;

interface Link {
  readonly operstate: string;
  readonly qdisc: string;
}

let labs = 0;

/** Side `a` sends from `tx0`, 10.99.0.1; side `b` receives on `rx0`, 10.99.0.2. */
export type Side = 'a' | 'b';

/** Why there can be no lab here, for `skip`. */
export function netLabMissing(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are there on Linux only';
  if (process.getuid?.() !== 0) return 'network namespaces are made by root only';
  for (const [program, parcel] of Object.entries(PROGRAMS)) {
    if (!isInstalled(program)) return `${program} is not installed (Debian: apt-get install ${parcel})`;
  }
  return undefined;
}

function isInstalled(program: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Two network namespaces joined by a cable, of their own and without IPv6, so that only what a test sends is on it. */
export class NetLab implements AsyncDisposable {
  /** Names of the namespaces, by side. */
  readonly names: Readonly<Record<Side, string>>;

  private constructor(name: string) {
    this.names = { a: `${name}-a`, b: `${name}-b` };
  }

  /** @throws when the kernel refuses, see `netLabMissing` */
  static async create(): Promise<NetLab> {
    const lab = new NetLab(`pn${process.pid}x${labs++}`);
    try {
      for (const side of ['a', 'b'] as const) await lab.#addNamespace(side);
      await lab.recreateLink();
      return lab;
    } catch (error) {
      await lab[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #addNamespace(side: Side): Promise<void> {
    await execute('ip', ['netns', 'add', this.names[side]]);
    const off = 'for w in all default; do echo 1 >/proc/sys/net/ipv6/conf/$w/disable_ipv6; done';
    await this.run(side, ['sh', '-c', `[ ! -d /proc/sys/net/ipv6 ] || { ${off}; }`]);
    await this.#ip(side, 'link', 'set', 'lo', 'up');
  }

  async #ip(side: Side, ...words: string[]): Promise<void> {
    await execute('ip', ['-n', this.names[side], ...words]);
  }

  /** What to put before a command line to have it run on a side. */
  prefix(side: Side): readonly string[] {
    return ['ip', 'netns', 'exec', this.names[side]];
  }

  /** Runs a program to its end. @returns what it printed @throws when it fails */
  async run(side: Side, argv: readonly string[]): Promise<string> {
    const [command, ...words] = [...this.prefix(side), ...argv];
    return (await execute(command!, words, { maxBuffer: OUTPUT_BYTES_MAX })).stdout;
  }

  spawn(side: Side, argv: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcessWithoutNullStreams {
    const [command, ...words] = [...this.prefix(side), ...argv];
    return spawn(command!, words, { env: { ...process.env, ...env } });
  }

  /**
   * Sends the packets of a capture from side a, and returns when the last is sent.
   * @param pace packets a second; `topspeed` from memory, as fast as it goes; `recorded` with the capture's own gaps
   */
  async replay(pcap: string, pace: number | 'topspeed' | 'recorded', device: 'tx0' | 'tx1' = 'tx0'): Promise<void> {
    const words = pace === 'topspeed' ? ['-K', '--topspeed'] : pace === 'recorded' ? [] : ['-p', String(pace)];
    await this.run('a', ['tcpreplay', '-q', '-i', device, ...words, pcap]);
  }

  /** Packets that `rx0` has received since it was made. */
  async rxPackets(): Promise<number> {
    const text = await this.run('b', ['ip', '-s', '-j', 'link', 'show', 'rx0']);
    const [link] = JSON.parse(text) as { stats64: { rx: { packets: number } } }[];
    return link!.stats64.rx.packets;
  }

  /** How many sockets want all that comes on `rx0`, whoever it is for. */
  async promiscuity(): Promise<number> {
    return Number(/ promiscuity (\d+)/.exec(await this.run('b', ['ip', '-d', 'link', 'show', 'rx0']))?.[1] ?? 0);
  }

  /** Packet sockets on a side that are bound, and so receive: a probe that has opened all it reads. */
  async receivingSockets(side: Side = 'b'): Promise<number> {
    const RUNNING = 5; // column "R" of packet(7)'s table
    const lines = (await this.run(side, ['cat', '/proc/net/packet'])).trim().split('\n').slice(1);
    return lines.filter((line) => line.trim().split(/\s+/)[RUNNING] === '1').length;
  }

  /** Packet sockets that are open on a side. */
  async packetSockets(side: Side = 'b'): Promise<number> {
    return (await this.run(side, ['cat', '/proc/net/packet'])).trim().split('\n').length - 1;
  }

  async linkDown(): Promise<void> {
    await this.#ip('b', 'link', 'set', 'rx0', 'down');
  }

  async linkUp(): Promise<void> {
    await this.#ip('b', 'link', 'set', 'rx0', 'up');
    await this.#untilSending('tx0');
  }

  /** A moment after its other end is up, the kernel lets a device send; what is sent before is lost. */
  async #untilSending(device: 'tx0' | 'tx1'): Promise<void> {
    for (;;) {
      const [link] = JSON.parse(await this.run('a', ['ip', '-j', 'link', 'show', device])) as Link[];
      if (link?.operstate === 'UP' && link.qdisc !== 'noop') return;
      await delay(POLL_MS);
    }
  }

  /** Takes the cable away, with both its ends. */
  async deleteLink(device: 'rx0' | 'rx1' = 'rx0'): Promise<void> {
    await this.#ip('b', 'link', 'del', device);
  }

  /** Joins the sides (again) by a new cable: the same names and addresses, other interface numbers. */
  async recreateLink(mtu = 1500): Promise<void> {
    const { b } = this.names;
    const peer = ['peer', 'name', 'rx0', 'address', '02:aa:00:00:00:02', 'mtu', String(mtu), 'netns', b];
    const size = ['mtu', String(mtu)];
    await this.#ip('a', 'link', 'add', 'tx0', 'address', '02:aa:00:00:00:01', ...size, 'type', 'veth', ...peer);
    await this.#ip('a', 'addr', 'add', '10.99.0.1/30', 'dev', 'tx0');
    await this.#ip('b', 'addr', 'add', '10.99.0.2/30', 'dev', 'rx0');
    await this.#ip('a', 'link', 'set', 'tx0', 'up');
    await this.linkUp();
  }

  /** A second cable, from `tx1` to `rx1`, without addresses. */
  async addSecondLink(): Promise<void> {
    const peer = ['peer', 'name', 'rx1', 'netns', this.names.b];
    await this.#ip('a', 'link', 'add', 'tx1', 'type', 'veth', ...peer);
    await this.#ip('a', 'link', 'set', 'tx1', 'up');
    await this.#ip('b', 'link', 'set', 'rx1', 'up');
    await this.#untilSending('tx1');
  }

  /** Removes both sides; programs that still run there keep what they have. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of Object.values(this.names)) await execute('ip', ['netns', 'del', name]).catch(() => undefined);
  }
}
