import { spawn, type ChildProcess } from 'node:child_process';
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
  /** No run begins any more. */
  readonly #noMore = new AbortController();
  /** What runs is ended. */
  readonly #end = new AbortController();
  #failures = 0;
  #unsettled = 0;

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
    if (this.#noMore.signal.aborted) {
      this.#unsettled += 1;
      return done(false);
    }
    this.#waiting.push({ path, done });
    this.#startSome();
  }

  /** Resolves when nothing waits or runs. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.race(this.#running);
  }

  /**
   * Starts nothing more, gives what runs some time, then ends it.
   * @returns for how many files the program did not come to its end
   */
  async stop(graceMs: number): Promise<number> {
    this.#unsettled += this.#waiting.length;
    this.#waiting.length = 0;
    this.#noMore.abort();
    const timer = setTimeout(() => this.#end.abort(), graceMs);
    await this.idle();
    clearTimeout(timer);
    return this.#unsettled;
  }

  #startSome(): void {
    while (this.#running.size < this.#settings.runningMax) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      const run = this.#tryFor(next.path).then((isSettled) => {
        this.#running.delete(run);
        if (!isSettled) this.#unsettled += 1;
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
      if (this.#end.signal.aborted) return false;
      this.#failures += 1;
      const isLast = attempt >= triesMax;
      report(`${program} -r ${path}: ${failure}${isLast ? '; given up' : ''}`);
      if (isLast) return true;
      await delay(retryMs * 2 ** (attempt - 1), undefined, { signal: this.#noMore.signal }).catch(() => undefined);
      if (this.#noMore.signal.aborted) return false;
    }
  }

  /** @returns why it did not succeed */
  async #runOnce(path: string): Promise<string | undefined> {
    const { timeoutMs } = this.#settings;
    const child = this.#spawn(path);
    if (typeof child === 'string') return child;
    let isEnded = false;
    const end = (signal: NodeJS.Signals): void => {
      isEnded = true;
      killGroup(child, signal);
    };
    const timer = setTimeout(() => end('SIGTERM'), timeoutMs);
    let killer = setTimeout(() => end('SIGKILL'), timeoutMs + KILL_AFTER_MS);
    const stop = (): void => {
      end('SIGTERM');
      clearTimeout(killer);
      killer = setTimeout(() => end('SIGKILL'), KILL_AFTER_MS);
    };
    this.#end.signal.addEventListener('abort', stop);
    const outcome = await new Promise<string | undefined>((resolve) => {
      child.once('error', (error) => resolve(cannotStart(error)));
      child.once('exit', (status, signal) => {
        if (isEnded) resolve(`ended after ${timeoutMs / 1000} seconds`);
        else
          resolve(status === 0 ? undefined : status === null ? `ended by ${String(signal)}` : `exit status ${status}`);
      });
    });
    if (isEnded) killGroup(child, 'SIGKILL'); // what it started may not have listened
    clearTimeout(timer);
    clearTimeout(killer);
    this.#end.signal.removeEventListener('abort', stop);
    return outcome;
  }

  /** In a group of its own, so that what it starts ends with it. @returns why that cannot be, or the process, which may yet fail to start */
  #spawn(path: string): ChildProcess | string {
    try {
      return spawn(this.#settings.program, ['-r', path], { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
    } catch (error) {
      return cannotStart(error);
    }
  }
}

function cannotStart(error: unknown): string {
  return `cannot be started: ${error instanceof Error ? error.message : String(error)}`;
}

/** Tells a process, and what it started. */
function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // it has ended meanwhile
  }
}
