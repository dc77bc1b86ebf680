import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NO_SETTINGS } from './no-settings.ts';
import { COMMANDS } from './run-command.ts';

const execute = promisify(execFile);

/** Packets come to a router on these. */
export const INTERFACES = ['em0', 'em1', 'em2'] as const;
export const ROUTERS = ['r1', 'r2'] as const;
export type Router = (typeof ROUTERS)[number];
export type Place = Router | 'hq';

/** What runs on the log server. */
export const COLLECTOR = {
  radium: 'radium -S 10.20.1.2:3999 -S 10.20.1.3:3999 -B 127.0.0.1 -P 4001',
  rastream: 'rastream -S localhost:4001 -M time 10m -w "/var/log/argus/%Y-%m-%d/argus.%H.%M.%S"',
};

let labs = 0;

/** A command of the suite that runs somewhere in the headquarters. */
export class Daemon {
  readonly process: ChildProcess;
  /** What it said so far. */
  output = '';

  constructor(process: ChildProcess) {
    this.process = process;
    for (const stream of [process.stdout, process.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
  }

  /** Ends it with a signal. @returns its exit status, or the signal's name */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string | null> {
    const { process } = this;
    if (process.exitCode === null && process.signalCode === null) {
      const closed = once(process, 'close');
      process.kill(signal);
      await closed;
    }
    return process.exitCode ?? process.signalCode;
  }
}

/**
 * Two routers with several interfaces each, and a log server that both are joined to: 10.20.1.1 is the server, 10.20.1.2 and
 * 10.20.1.3 are the routers. All in network namespaces of their own; behind each interface `emN` of a router is one end of a cable
 * whose other end, `outN` in a namespace beside it, sends what is replayed.
 */
export class Headquarters implements AsyncDisposable {
  readonly #name: string;
  readonly #folder: string;
  readonly #daemons: Daemon[] = [];

  private constructor(name: string, folder: string) {
    this.#name = name;
    this.#folder = folder;
  }

  /** @param folder each place keeps its state below it, and what the log server sees as /var/log */
  static async create(folder: string): Promise<Headquarters> {
    const lab = new Headquarters(`pq${process.pid}x${labs++}`, folder);
    try {
      await lab.#build();
      return lab;
    } catch (error) {
      await lab[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #build(): Promise<void> {
    for (const place of ['hq', 'r1', 'r2', 'out'] as const) await this.#addNamespace(place);
    await this.#ip('hq', 'link', 'add', 'br0', 'type', 'bridge');
    await this.#ip('hq', 'addr', 'add', '10.20.1.1/24', 'dev', 'br0');
    await this.#ip('hq', 'link', 'set', 'br0', 'up');
    for (const [i, router] of ROUTERS.entries()) {
      await this.#ip('hq', 'link', 'add', `to-${router}`, 'type', 'veth', 'peer', 'name', 'lan', 'netns', this.#space(router)); // prettier-ignore
      await this.#ip('hq', 'link', 'set', `to-${router}`, 'master', 'br0', 'up');
      await this.#ip(router, 'addr', 'add', `10.20.1.${i + 2}/24`, 'dev', 'lan');
      await this.#ip(router, 'link', 'set', 'lan', 'up');
      for (const em of INTERFACES) {
        const out = outside(router, em);
        await this.#ip('out', 'link', 'add', out, 'type', 'veth', 'peer', 'name', em, 'netns', this.#space(router));
        await this.#ip('out', 'link', 'set', out, 'up');
        await this.#ip(router, 'link', 'set', em, 'up');
      }
    }
  }

  async #addNamespace(place: Place | 'out'): Promise<void> {
    await execute('ip', ['netns', 'add', this.#space(place)]);
    const off = 'for w in all default; do echo 1 >/proc/sys/net/ipv6/conf/$w/disable_ipv6; done';
    await execute('ip', [
      'netns',
      'exec',
      this.#space(place),
      'sh',
      '-c',
      `[ ! -d /proc/sys/net/ipv6 ] || { ${off}; }`,
    ]);
    await this.#ip(place, 'link', 'set', 'lo', 'up');
  }

  #space(place: Place | 'out'): string {
    return `${this.#name}-${place}`;
  }

  async #ip(place: Place | 'out', ...words: string[]): Promise<void> {
    await execute('ip', ['-n', this.#space(place), ...words]);
  }

  /**
   * Starts a command line as a shell reads it, whose first word is a command of the suite. What it writes below /var/log is in
   * the folder of the lab.
   */
  start(place: Place, line: string): Daemon {
    const command = /^\S+/.exec(line)?.[0].split('/').at(-1) ?? '';
    const rest = line.replace(/^\S+/, '');
    const log = join(this.#folder, 'log');
    const script = `mkdir -p ${log} && mount --bind ${log} /var/log && exec ${process.execPath} ${join(COMMANDS, command)}${rest}`;
    const child = spawn('ip', ['netns', 'exec', this.#space(place), 'unshare', '-m', 'sh', '-c', script], {
      env: { ...process.env, ...NO_SETTINGS, STATE_DIRECTORY: join(this.#folder, 'state', place) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const daemon = new Daemon(child);
    this.#daemons.push(daemon);
    return daemon;
  }

  /** Runs a command line of the suite to its end. @returns what it said @throws when it fails */
  async run(place: Place, line: string): Promise<string> {
    const daemon = this.start(place, line);
    await once(daemon.process, 'close');
    if (daemon.process.exitCode !== 0) throw new Error(`${line}: ${daemon.output}`);
    return daemon.output;
  }

  /** Sends the packets of a capture to an interface of a router, and returns when the last is sent. */
  async replay(router: Router, em: (typeof INTERFACES)[number], capture: string, pace: number): Promise<void> {
    const words = ['-q', '-i', outside(router, em), '-p', String(pace), capture];
    await execute('ip', ['netns', 'exec', this.#space('out'), 'tcpreplay', ...words]);
  }

  /** Packets that all interfaces of a router received. */
  async received(router: Router): Promise<number> {
    let packets = 0;
    for (const em of INTERFACES) {
      const { stdout } = await execute('ip', ['-n', this.#space(router), '-s', '-j', 'link', 'show', em]);
      const [link] = JSON.parse(stdout) as { stats64: { rx: { packets: number } } }[];
      packets += link!.stats64.rx.packets;
    }
    return packets;
  }

  /** Packet sockets of a router that receive. */
  async receivingSockets(router: Router): Promise<number> {
    const RUNNING = 5; // column "R" of packet(7)'s table
    const { stdout } = await execute('ip', ['netns', 'exec', this.#space(router), 'cat', '/proc/net/packet']);
    const lines = stdout.trim().split('\n').slice(1);
    return lines.filter((line) => line.trim().split(/\s+/)[RUNNING] === '1').length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#daemons.map((daemon) => daemon.end('SIGKILL')));
    for (const place of ['hq', 'r1', 'r2', 'out'] as const)
      await execute('ip', ['netns', 'del', this.#space(place)]).catch(() => undefined);
  }
}

function outside(router: Router, em: string): string {
  return `${router}-${em}`;
}
