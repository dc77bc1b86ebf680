import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from '../../libs/cli/command.ts';
import { defaultInterface } from '../../libs/capture/interfaces.ts';
import { InputError, SuiteError } from '../../libs/core/errors.ts';
import { Child } from './child.ts';
import { feedTraffic } from './feed.ts';
import { copyLines } from './lines.ts';
import { freePort, HOST, seesLoopback } from './port.ts';
import { Watch } from './watch.ts';
import { headerText, joinedText, type ProbeStory } from './words.ts';

export interface UpOptions {
  readonly isDemo: boolean;
  /** Interface to watch; undefined for the first that is up. */
  readonly interface: string | undefined;
  readonly port: number | undefined;
}

/** Flows that go on are reported this often, so that silence shows soon. */
const STATUS_SECONDS = 1;
const SILENCE_SECONDS = 5;
/** A packet's record comes a status interval after it at the latest. */
const SILENCE_MS = 1000 * (SILENCE_SECONDS + STATUS_SECONDS);
const LOOK_MS = 200;
/** A probe that may not capture finds that out within this time of its start. */
const SETTLE_MS = 400;
/** From the wish to end: when those who read are told, and when nobody is asked any more. */
const READERS_END_MS = 800;
const KILL_MS = 1300;
const GIVE_UP_MS = 1600;

/** Runs the suite until the signal aborts. @returns the exit status */
export async function up(options: UpOptions, context: Context): Promise<number> {
  const suite = new RunningSuite(context);
  try {
    await suite.start(options);
    return await suite.watch();
  } finally {
    await suite.stop();
  }
}

/** A probe and what belongs to it. */
interface Probe {
  readonly child: Child;
  readonly watch: Watch;
  readonly story: ProbeStory;
  /** Shows its records. */
  reader: Child | undefined;
}

/** The processes of the suite, from their start to their end. */
class RunningSuite {
  readonly #context: Context;
  readonly #feeding = new AbortController();
  readonly #probes: Probe[] = [];
  readonly #copies: Promise<void>[] = [];
  /** Where the synthetic traffic's probe serves when it is the second one. */
  #secondPort = 0;
  #device = '';
  #live: Probe | undefined;
  #synthetic: Probe | undefined;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Starts a probe and its reader, and says so. */
  async start(options: UpOptions): Promise<void> {
    const port = await freePort(options.port);
    let remark = '';
    if (!options.isDemo) {
      this.#secondPort = await freePort(undefined, port);
      remark = await this.#tryInterface(options.interface, port);
    }
    if (this.#context.signal.aborted) return;
    const probe = this.#live ?? (await this.#startSynthetic(port));
    await this.#context.stdout.write(headerText(probe.story, remark));
    this.#startReader(probe, 0);
  }

  /** Stands by until something ends. @returns the exit status */
  async watch(): Promise<number> {
    const { signal } = this.#context;
    while (!signal.aborted) {
      for (const probe of this.#probes) await this.#lookAfterReader(probe);
      if (signal.aborted) break;
      if (this.#synthetic?.child.isRunning === false) throw failure(this.#synthetic.child);
      if (this.#live !== undefined) await this.#lookAfterLive(this.#live);
      await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
    return 0;
  }

  /** Ends every process, in the order in which records flow, within two seconds. */
  async stop(): Promise<void> {
    const readers = this.#probes.map(({ reader }) => reader).filter((reader) => reader !== undefined);
    const children = [...this.#probes.map(({ child }) => child), ...readers];
    const ended = Promise.all(children.map((child) => child.ended));
    const timers = [
      setTimeout(() => readers.forEach((reader) => reader.signal('SIGTERM')), READERS_END_MS),
      setTimeout(() => children.forEach((child) => child.signal('SIGKILL')), KILL_MS),
    ];
    this.#feeding.abort();
    for (const { child } of this.#probes) child.signal('SIGTERM');
    // A terminal that stands still holds back what the readers wrote, and shall not hold us.
    await Promise.race([Promise.all([ended, ...this.#copies]), delay(GIVE_UP_MS)]);
    timers.forEach((timer) => clearTimeout(timer));
  }

  /** Watches an interface. Returns what is to be said when it cannot be watched, or nothing. */
  async #tryInterface(name: string | undefined, port: number): Promise<string> {
    try {
      const device = name ?? defaultInterface();
      this.#device = device;
      const traffic = `${device}, an interface of this machine`;
      // Our own records on their way would be traffic that never ends.
      const filter = seesLoopback(device) ? ['-', `not tcp port ${port} and not tcp port ${this.#secondPort}`] : [];
      this.#live = await this.#startProbe(['-i', device], port, traffic, filter);
      return '';
    } catch (error) {
      // An interface that was asked for by name is not replaced by something else.
      if (name !== undefined || !(error instanceof InputError)) throw error;
      return `(this machine's own cannot be watched: ${error.message})`;
    }
  }

  async #startSynthetic(port: number): Promise<Probe> {
    this.#synthetic = await this.#startProbe(['-r', '-'], port, 'synthetic, made up here and piped to the probe');
    return this.#synthetic;
  }

  /**
   * Starts a probe and waits until it serves records.
   * @throws {InputError} with its own words when it ends instead
   */
  async #startProbe(
    input: readonly string[],
    port: number,
    traffic: string,
    filter: readonly string[] = [],
  ): Promise<Probe> {
    const { signal } = this.#context;
    const serving = ['-S', `${STATUS_SECONDS}`, '-B', HOST, '-P', `${port}`];
    const child = new Child('argus', [...input, ...serving, '-X', ...filter], true);
    const watch = new Watch(child, port, signal);
    const probe = { child, watch, story: { line: child.line, port, traffic }, reader: undefined };
    this.#probes.push(probe);
    if (input.includes('-') && child.stdin !== null) {
      void feedTraffic(child.stdin, randomInt(2 ** 31), this.#feeding.signal);
    }
    const isReady = await watch.ready();
    if (isReady) await Promise.race([child.ended, delay(SETTLE_MS)]);
    if (!signal.aborted && (!isReady || !child.isRunning)) {
      child.signal('SIGKILL');
      await child.ended;
      throw new InputError(child.reason, { hint: child.hint });
    }
    return probe;
  }

  /** @param headings as `ra -L` has it */
  #startReader(probe: Probe, headings: 0 | -1): void {
    const reader = new Child('ra', ['-S', `${HOST}:${probe.story.port}`, ...(headings === 0 ? [] : ['-L', '-1'])]);
    probe.reader = reader;
    if (reader.stdout === null) return;
    // Of an output that is closed the signal tells.
    this.#copies.push(copyLines(reader.stdout, this.#context.stdout).catch(() => undefined));
  }

  /** A reader ends with its probe, and not before. */
  async #lookAfterReader({ child, reader }: Probe): Promise<void> {
    if (reader === undefined || reader.isRunning || !child.isRunning) return;
    await Promise.race([child.ended, delay(SETTLE_MS)]);
    if (child.isRunning && !this.#context.signal.aborted) throw failure(reader);
  }

  /** Starts synthetic traffic when the live probe is silent or gone. */
  async #lookAfterLive(live: Probe): Promise<void> {
    const isGone = !live.child.isRunning;
    const isSilent = performance.now() - live.watch.lastRecordMs > SILENCE_MS;
    if (isGone) {
      this.#live = undefined;
      this.#context.warn(`${live.child.line}: ${live.child.reason}`);
    }
    if (this.#synthetic !== undefined || !(isGone || isSilent)) return;
    const reason = isGone
      ? 'The probe has ended.'
      : `No packet has come from ${this.#device} for ${SILENCE_SECONDS} seconds.`;
    const probe = await this.#startSynthetic(this.#secondPort);
    const ports = isGone ? [probe.story.port] : [live.story.port, probe.story.port];
    await this.#context.stdout.write(joinedText(reason, probe.story, ports));
    this.#startReader(probe, live.watch.hasSeenRecords ? -1 : 0);
  }
}

function failure(child: Child): SuiteError {
  return new SuiteError(`${child.line}: ${child.reason}`, { hint: child.hint });
}
