import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { NetLab } from '../support/netlab.ts';

/** Tells the process id, and afterwards user and system time of the process and its children. */
const SHELL = '"$@" >/dev/null & echo $! >&3; wait $!; status=$?; times >&3; exit $status';
const POLL_MS = 50;
const READY_MS_MAX = 15_000;
/** A program that has had no processor for so long has nothing left to do: libpcap may keep packets back for a second. */
const IDLE_MS = 1200;
/** Clock ticks (10 ms) that looking for packets may take in that time. */
const IDLE_TICKS_MAX = 6;
const IDLE_MS_MAX = 60_000;

/** A program that captures on `rx0`, with what it uses. */
export class LiveProgram {
  readonly #ended: Promise<number | null>;
  #told = '';
  /** Of its standard error. */
  errors = '';

  private constructor(lab: NetLab, command: readonly string[]) {
    const [program, ...words] = [...lab.prefix('b'), 'sh', '-c', SHELL, 'sh', ...command];
    const shell = spawn(program!, words, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
    shell.stdio[3]!.on('data', (chunk: Buffer) => (this.#told += chunk.toString()));
    shell.stderr!.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.#ended = once(shell, 'close').then(([status]: (number | null)[]) => status ?? null);
  }

  /**
   * Starts it and waits until it receives.
   * @param sockets packet sockets that it has then
   * @throws when it does not within 15 s
   */
  static async start(lab: NetLab, command: readonly string[], sockets = 1): Promise<LiveProgram> {
    const program = new LiveProgram(lab, command);
    const giveUpAt = performance.now() + READY_MS_MAX;
    while ((await lab.receivingSockets()) < sockets) {
      if (performance.now() > giveUpAt) {
        program.#signal('SIGKILL');
        throw new Error(`${command.join(' ')} does not capture: ${program.errors.trim()}`);
      }
      await delay(POLL_MS);
    }
    return program;
  }

  get pid(): number {
    return Number(this.#told.split('\n', 1)[0]);
  }

  #signal(name: NodeJS.Signals): void {
    if (this.pid > 0) process.kill(this.pid, name);
  }

  /** Waits until it has done what there is to do. */
  async settle(): Promise<void> {
    const giveUpAt = performance.now() + IDLE_MS_MAX;
    for (let before = -IDLE_TICKS_MAX - 1; performance.now() < giveUpAt;) {
      const now = ticksOf(this.pid);
      if (now - before <= IDLE_TICKS_MAX) return;
      before = now;
      await delay(IDLE_MS);
    }
  }

  /** Resident memory in bytes. */
  residentBytes(): number {
    return 1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1] ?? 0);
  }

  /** Ends it as users do. @returns CPU seconds of all its threads @throws when it ends otherwise than in order */
  async stop(): Promise<number> {
    this.#signal('SIGTERM');
    const status = await this.#ended;
    if (status !== 0) throw new Error(`ended with ${status}: ${this.errors.trim()}`);
    let seconds = 0;
    for (const [, minutes, rest] of (this.#told.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)) {
      seconds += Number(minutes) * 60 + Number(rest);
    }
    return seconds;
  }
}

/** Clock ticks (10 ms) of processor time that a process and its threads have had; 0 when it is gone. */
function ticksOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}
