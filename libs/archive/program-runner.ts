import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/** Between asking a program to end and ending it, milliseconds. */
const KILL_AFTER_MS = 5000;

export interface ProgramSettings {
  /** Path of the program, or its name; it gets `-r FILE`. */
  readonly program: string;
  /** A run is ended after this time, milliseconds. */
  readonly timeoutMs: number;
  /** How often it is run for a file until it succeeds. */
  readonly triesMax: number;
  /** Before the second try, milliseconds; twice that before the third, and so on. */
  readonly retryMs: number;
  readonly runningMax: number;
  readonly report: (message: string) => void;
}

/** Runs a program for each file that is finished, a few at a time, behind whatever else goes on. */
export class ProgramRunner {
  readonly #settings: ProgramSettings;
  readonly #waiting: { readonly path: string; readonly done: (isDone: boolean) => void }[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #failures = 0;

  constructor(settings: ProgramSettings) {
    this.#settings = settings;
  }

  /** Runs that failed. */
  get failures(): number {
    return this.#failures;
  }

  get waiting(): number {
    return this.#waiting.length + this.#running.size;
  }

  /** @param done told whether that is settled: it succeeded, or there is no use in trying again */
  add(path: string, done: (isSettled: boolean) => void): void {
    this.#waiting.push({ path, done });
    this.#startSome();
  }

  /** Resolves when nothing waits or runs. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.race(this.#running);
  }

  /** Starts nothing more, gives what runs some time, then ends it. */
  async stop(graceMs: number): Promise<void> {
    this.#waiting.length = 0;
    const timer = setTimeout(() => this.#stop.abort(), graceMs);
    await this.idle();
    clearTimeout(timer);
  }

  #startSome(): void {
    while (this.#running.size < this.#settings.runningMax) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      const run = this.#tryFor(next.path).then((isSettled) => {
        this.#running.delete(run);
        next.done(isSettled);
        this.#startSome();
      });
      this.#running.add(run);
    }
  }

  async #tryFor(path: string): Promise<boolean> {
    const { program, triesMax, retryMs, report } = this.#settings;
    for (let attempt = 1; ; attempt++) {
      const failure = await this.#runOnce(path);
      if (failure === undefined) {
        report(`${program} -r ${path}: done`);
        return true;
      }
      if (this.#stop.signal.aborted) return false;
      this.#failures += 1;
      const isLast = attempt >= triesMax;
      report(`${program} -r ${path}: ${failure}${isLast ? '; given up' : ''}`);
      if (isLast) return true;
      await delay(retryMs * 2 ** (attempt - 1), undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  /** @returns why it did not succeed */
  async #runOnce(path: string): Promise<string | undefined> {
    const { program, timeoutMs } = this.#settings;
    // In a group of its own, so that what it started ends with it.
    const child = spawn(program, ['-r', path], { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
    let isLate = false;
    const end = (signal: NodeJS.Signals): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, signal);
      } catch {
        // it has ended meanwhile
      }
    };
    const timer = setTimeout(() => {
      isLate = true;
      end('SIGTERM');
    }, timeoutMs);
    let killer: NodeJS.Timeout | undefined;
    const kill = (): void => {
      end('SIGTERM');
      killer ??= setTimeout(() => end('SIGKILL'), KILL_AFTER_MS);
    };
    const lateKiller = setTimeout(() => end('SIGKILL'), timeoutMs + KILL_AFTER_MS);
    this.#stop.signal.addEventListener('abort', kill);
    const outcome = await new Promise<string | undefined>((resolve) => {
      child.once('error', (error) => resolve(`cannot be started: ${error.message}`));
      child.once('exit', (status, signal) => {
        if (isLate) resolve(`ended after ${timeoutMs / 1000} seconds`);
        else
          resolve(status === 0 ? undefined : status === null ? `ended by ${String(signal)}` : `exit status ${status}`);
      });
    });
    for (const pending of [timer, killer, lateKiller]) clearTimeout(pending);
    this.#stop.signal.removeEventListener('abort', kill);
    return outcome;
  }
}
