import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { ENDS_WITH_PARENT } from '../../libs/cli/run-main.ts';

/** Where the commands of the suite lie, this one among them. */
export const COMMANDS = join(import.meta.dirname, '../../bin');

/** More of what it says is not kept. */
const MESSAGE_LINES_MAX = 5;

/** A command of the suite that runs as a process of its own, and ends when we do, however that comes. */
export class Child {
  readonly name: string;
  /** The command line, as a person would write it. */
  readonly line: string;
  /** Resolves when the process has gone. */
  readonly ended: Promise<void>;
  /** The first lines that it wrote to its standard error. */
  readonly messages: string[] = [];
  readonly #process: ChildProcess;
  #failure: string | undefined;

  /** @param feeds whether something will be written to its standard input */
  constructor(name: string, args: readonly string[], feeds = false) {
    this.name = name;
    this.line = [name, ...args].join(' ');
    this.#process = spawn(process.execPath, [join(COMMANDS, name), ...args], {
      stdio: [feeds ? 'pipe' : 'ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, [ENDS_WITH_PARENT]: '1' },
    });
    this.#process.on('error', (error) => (this.#failure = error.message));
    this.#process.stdin?.on('error', () => undefined); // a process that ends stops reading; its end is noticed
    if (this.#process.stderr !== null) {
      createInterface(this.#process.stderr).on('line', (text) => {
        if (this.messages.length < MESSAGE_LINES_MAX) this.messages.push(text);
      });
    }
    this.ended = new Promise((resolve) => this.#process.once('close', () => resolve()));
  }

  get isRunning(): boolean {
    return this.#failure === undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  get stdout(): Readable | null {
    return this.#process.stdout;
  }

  get stdin(): Writable | null {
    return this.#process.stdin;
  }

  /** Why it ended: its own words where it has some, without its name. */
  get reason(): string {
    const [first = `ended with ${this.#failure ?? this.#process.signalCode ?? `status ${this.#process.exitCode}`}`] =
      this.messages;
    return first.startsWith(`${this.name}: `) ? first.slice(this.name.length + 2) : first;
  }

  /** What it advised below its reason. */
  get hint(): string {
    return this.messages.slice(1).join('\n');
  }

  signal(name: 'SIGTERM' | 'SIGKILL'): void {
    if (this.isRunning) this.#process.kill(name);
  }
}
