import { steadyMs } from '../../core/clock.ts';
import { AnsweringThread, leastBusy } from '../../core/answering-thread.ts';
import type { ThreadOrder, WindowAnswer } from './messages.ts';
import { FrameWindow } from './window.ts';

/** Windows that a thread has at once: one that it works on, and the next ones. */
const WINDOWS_EACH = 3;
/** What takes no longer is not worth a second thread, as each starts and compiles what it runs; of more, less is worth it. Milliseconds. */
const LONG_MS = 10_000;
/** After so long code is compiled, and it can be told how long a file will take. Milliseconds. */
const LOOK_MS = 1000;
/** Memory of windows that is kept for the next ones. */
const FREE_MAX = 8;

export interface ScanSettings<Result> {
  /** The module that runs in each thread, which calls `serveScan`. */
  readonly module: URL;
  /** What it is told; structured cloning carries it. */
  readonly order: unknown;
  /** At least 2. */
  readonly threads: number;
  /** Whether all frames are for the threads, however few there are. */
  readonly atOnce: boolean;
  /** Is given what became of each window, in the order in which the windows were read. */
  readonly take: (result: Result) => Promise<void> | undefined;
}

/** Takes frames of files for other threads. */
export type FrameTaker = Pick<Scan, 'wants' | 'send' | 'endFile' | 'drain' | 'problems'>;

interface Sent {
  readonly name: string;
  readonly answer: Promise<WindowAnswer>;
}

/**
 * Has threads work on the frames of a command's files, and brings what they make of them into the order of the files. Threads are
 * started when there is enough for them to do.
 */
export class Scan<Result = unknown, Rest = never> {
  readonly #settings: ScanSettings<Result>;
  readonly #problems = new Map<string, Map<string, number>>();
  readonly #sent: Sent[] = [];
  readonly #free: ArrayBuffer[] = [];
  readonly #window = new FrameWindow();
  #threads: readonly AnsweringThread<ThreadOrder, unknown>[] = [];
  /** Those that have loaded what they need. */
  readonly #ready: AnsweringThread<ThreadOrder, unknown>[] = [];
  #number = 0;
  #beganMs: number | undefined;

  constructor(settings: ScanSettings<Result>) {
    this.#settings = settings;
  }

  /**
   * Whether the next frame is for the threads; until the first of them is ready the caller goes on alone.
   * @param restMs how long reading what is left of the file would take without threads, milliseconds
   */
  wants(restMs: number): boolean {
    const { atOnce } = this.#settings;
    if (this.#threads.length === 0) {
      if (!atOnce && !this.#isLong(restMs)) return false;
      this.#start();
    }
    return atOnce || this.#ready.length > 0;
  }

  #start(): void {
    const { module, order, threads } = this.#settings;
    this.#threads = Array.from({ length: threads }, () => new AnsweringThread(module, order));
    for (const thread of this.#threads) {
      thread.ask({ kind: 'ready' }, []).then(
        () => this.#ready.push(thread),
        () => undefined, // told to whoever asks it next
      );
    }
  }

  #isLong(restMs: number): boolean {
    this.#beganMs ??= steadyMs();
    const ms = steadyMs() - this.#beganMs;
    const longMs = LONG_MS / (this.#settings.threads - 1);
    return ms >= longMs || (ms >= LOOK_MS && restMs >= longMs);
  }

  /**
   * Copies a frame whose checksum is right.
   * @param offset where it begins in its file
   * @param name of its file, for messages
   * @returns pending while there is enough to do
   */
  async send(frame: Uint8Array, offset: number, name: string): Promise<void> {
    if (!this.#window.hasRoom(frame)) await this.#dispatch(name);
    this.#window.add(frame, offset);
    if (this.#window.isFull) await this.#dispatch(name);
  }

  /** Sends what is gathered of a file, which ends there. */
  async endFile(name: string): Promise<void> {
    if (!this.#window.isEmpty) await this.#dispatch(name);
  }

  /** Resolves when all results of what was sent have been taken. */
  async drain(name: string): Promise<void> {
    await this.endFile(name);
    while (this.#sent.length > 0) await this.#takeNext();
  }

  /** Frames that could not be decoded, by file and problem; whole after `drain`. */
  get problems(): ReadonlyMap<string, ReadonlyMap<string, number>> {
    return this.#problems;
  }

  /** After `drain`: what the threads have gathered. */
  async rests(): Promise<Rest[]> {
    return (await Promise.all(this.#threads.map((thread) => thread.ask({ kind: 'rest' }, [])))) as Rest[];
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  async #dispatch(name: string): Promise<void> {
    const window = this.#window.take(this.#free.pop());
    const thread = leastBusy(this.#ready.length > 0 ? this.#ready : this.#threads);
    const order = { kind: 'window', number: this.#number++, ...window } as const;
    const answer = thread.ask(order, [window.memory]) as Promise<WindowAnswer>;
    this.#sent.push({ name, answer });
    while (this.#sent.length >= this.#threads.length * WINDOWS_EACH) await this.#takeNext();
  }

  async #takeNext(): Promise<void> {
    const { name, answer } = this.#sent.shift()!;
    const { memory, result, problems } = await answer;
    if (this.#free.length < FREE_MAX) this.#free.push(memory);
    for (const [problem, count] of problems) this.#note(name, problem, count);
    await this.#settings.take(result as Result);
  }

  #note(name: string, problem: string, count: number): void {
    const counts = this.#problems.get(name) ?? new Map<string, number>();
    this.#problems.set(name, counts);
    counts.set(problem, (counts.get(problem) ?? 0) + count);
  }
}
