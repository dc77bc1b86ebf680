import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { ENDS_WITH_PARENT } from '../../libs/cli/run-main.ts';
import { COMMANDS, shellWords } from './words.ts';

/** More of a message is not kept. */
const MESSAGE_LINES_MAX = 5;

/** A command of the suite that runs as a process of its own, and ends when we do, however that comes. */
export class Child {
  readonly name: string;
  /** The command line, as a person would write it. */
  readonly line: string;
  /** Resolves when the process has gone. */
  readonly ended: Promise<void>;
  /** What it last said on its standard error: the first lines of that. */
  #message: string[] = [];
  readonly #process: ChildProcess;
  #failure: string | undefined;

  /** @param feeds whether something will be written to its standard input */
  constructor(name: string, args: readonly string[], feeds = false) {
    this.name = name;
    this.line = shellWords([name, ...args]);
    this.#process = spawn(process.execPath, [join(COMMANDS, name), ...args], {
      stdio: [feeds ? 'pipe' : 'ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, [ENDS_WITH_PARENT]: '1' },
      detached: true, // Ctrl-C in a terminal is for us alone: what we started ends in its order
    });
    this.#process.on('error', (error) => (this.#failure = error.message));
    this.#process.stdin?.on('error', () => undefined); // a process that ends stops reading; its end is noticed
    if (this.#process.stderr !== null) {
      createInterface(this.#process.stderr).on('line', (text) => {
        if (text.startsWith(`${name}: `)) this.#message = [text];
        else if (this.#message.length < MESSAGE_LINES_MAX) this.#message.push(text);
      });
    }
    this.ended = new Promise((resolve) => this.#process.once('close', () => resolve()));
  }

  get isRunning(): boolean {
    return this.#failure === undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** It has ended, and in good order. */
  get hasSucceeded(): boolean {
    return this.#process.exitCode === 0;
  }

  get stdout(): Readable | null {
    return this.#process.stdout;
  }

  get stdin(): Writable | null {
    return this.#process.stdin;
  }

  /** Why it ended: its own last words where it has some, without its name. */
  get reason(): string {
    if (this.#process.signalCode !== null) return `ended with ${this.#process.signalCode}`;
    const [first = `ended with ${this.#failure ?? `status ${this.#process.exitCode}`}`] = this.#message;
    return first.startsWith(`${this.name}: `) ? first.slice(this.name.length + 2) : first;
  }

  /** What it advised below its reason. */
  get hint(): string {
    return this.#message.slice(1).join('\n');
  }

  signal(name: 'SIGTERM' | 'SIGKILL'): void {
    if (this.isRunning) this.#process.kill(name);
  }

  /** Asks it to end, and ends it when it has not after `patienceMs`. */
  async end(patienceMs: number): Promise<void> {
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), patienceMs);
    await this.ended;
    clearTimeout(timer);
  }
}
