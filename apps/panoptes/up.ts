import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { defaultInterface } from '../../libs/capture/interfaces.ts';
import type { Context } from '../../libs/cli/command.ts';
import { InputError, SuiteError } from '../../libs/core/errors.ts';
import { archivePlace, lockArchive, type ArchivePlace } from './archive.ts';
import { Child } from './child.ts';
import { feedTraffic } from './feed.ts';
import { copyLines } from './lines.ts';
import { freePorts, HOST, seesLoopback } from './ports.ts';
import { readersAt, Watch } from './watch.ts';
import { farewellText, headerText, joinedText } from './words.ts';

export interface UpOptions {
  readonly isDemo: boolean;
  /** Interface to watch; undefined for the first that is up. */
  readonly interface: string | undefined;
  /** Folder of the archive; undefined for the usual one. */
  readonly archive: string | undefined;
  readonly port: number | undefined;
}

/** Source ids of the probes. */
const LIVE = 'live';
const SYNTHETIC = 'demo';

/** Flows that go on are reported this often, so that silence shows soon. */
const STATUS_SECONDS = 1;
const SILENCE_SECONDS = 5;
/** A packet's record comes a status interval after it at the latest. */
const SILENCE_MS = 1000 * (SILENCE_SECONDS + STATUS_SECONDS);
/** Probes that have come are found within this time. */
const RETRY_SECONDS = 0.2;
const LOOK_MS = 200;
const POLL_MS = 50;
/** On a machine with much other work processes take long to start; one that ends is noticed at once. */
const START_MS_MAX = 120_000;
/** A probe that may not capture finds that out within this time of its start. */
const SETTLE_MS = 400;
/**
 * So long each process has to end: one that is killed leaves records on their way. Servers wait two seconds for readers that stand
 * still. Whoever does not want to wait ends us by a second signal.
 */
const END_MS = 30_000;
/** A terminal has so long to take what there is still to show. */
const SHOW_MS = 5000;
/** `panoptes` itself, `ra` and `rastream`. */
const READERS = 3;

/** Runs the suite until the signal aborts. @returns the exit status */
export async function up(options: UpOptions, context: Context): Promise<number> {
  const archive = archivePlace(options.archive, options.isDemo, context);
  using _ = lockArchive(archive, context.program);
  const suite = new RunningSuite(options, await freePorts(4, options.port), archive, context);
  try {
    await suite.start();
    return await suite.watch();
  } finally {
    await suite.stop();
  }
}

/** The processes of the suite, from their start to their end. */
class RunningSuite {
  readonly #options: UpOptions;
  readonly #context: Context;
  readonly #archive: ArchivePlace;
  readonly #ports: Readonly<Record<'records' | 'live' | 'synthetic' | 'metrics', number>>;
  readonly #ending = new AbortController();
  readonly #watch: Watch;
  readonly #probes: Child[] = [];
  readonly #radium: Child;
  readonly #rastream: Child;
  #reader: Child | undefined;
  #copied: Promise<void> = Promise.resolve();
  /** Empty while no interface is watched. */
  #device = '';
  /** The records are shown. */
  #hasBegun = false;

  constructor(options: UpOptions, ports: readonly number[], archive: ArchivePlace, context: Context) {
    const [records = 0, live = 0, synthetic = 0, metrics = 0] = ports;
    this.#options = options;
    this.#context = context;
    this.#archive = archive;
    this.#ports = { records, live, synthetic, metrics };
    this.#radium = this.#startRadium();
    this.#rastream = this.#startRastream();
    this.#watch = new Watch(records, AbortSignal.any([context.signal, this.#ending.signal]));
  }

  /** Starts the probe when all others are ready for what it finds, and says what runs. */
  async start(): Promise<void> {
    const { metrics, records } = this.#ports;
    const { signal, stdout } = this.#context;
    await this.#until(() => this.#watch.sources.size > 0);
    const reader = new Child('ra', ['-S', `${HOST}:${records}`]);
    this.#reader = reader;
    await this.#until(async () => (await readersAt(metrics)) >= READERS);
    const remark = this.#options.isDemo || signal.aborted ? '' : await this.#tryInterface();
    if (this.#probes.length === 0 && !signal.aborted) await this.#startSynthetic();
    const [probe] = this.#probes;
    if (signal.aborted || probe === undefined || reader.stdout === null) return;
    const traffic = this.#device === '' ? 'synthetic, made up here and piped to the probe' : `${this.#device}, an interface of this machine`; // prettier-ignore
    const [radium, rastream, archive] = [this.#radium, this.#rastream, this.#archive];
    await stdout.write(headerText({ traffic, remark, probe, radium, rastream, port: records, archive }));
    // Of an output that is closed the signal tells.
    this.#hasBegun = true;
    this.#copied = copyLines(reader.stdout, stdout).catch(() => undefined);
  }

  /** Stands by until something ends. @returns the exit status */
  async watch(): Promise<number> {
    const { signal, stdout } = this.#context;
    while (!signal.aborted) {
      await this.#checkAll();
      const isSilent = performance.now() - this.#watch.lastRecordMs > SILENCE_MS;
      if (this.#device !== '' && this.#probes.length === 1 && isSilent) {
        const probe = await this.#startSynthetic();
        const reason = `No packet has come from ${this.#device} for ${SILENCE_SECONDS} seconds.`;
        await stdout.write(joinedText(reason, probe, this.#ports.records, SYNTHETIC));
      }
      await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
    return 0;
  }

  /** Ends every process, in the order in which records flow, so that none is lost. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#probes.map((probe) => probe.end(END_MS)));
    await this.#radium.end(END_MS);
    await Promise.all([this.#rastream.end(END_MS), this.#reader?.end(SHOW_MS)]);
    // A terminal that stands still holds back what the reader wrote, and shall not hold us.
    await Promise.race([this.#copied, delay(SHOW_MS)]);
    const { stdout } = this.#context;
    const isKept = this.#radium.hasSucceeded && this.#rastream.hasSucceeded;
    if (this.#hasBegun && isKept && !stdout.closed.aborted)
      await Promise.race([stdout.write(farewellText(this.#archive.folder)), delay(SHOW_MS)]);
  }

  #startRadium(): Child {
    const { records, live, synthetic, metrics } = this.#ports;
    const probes = this.#options.isDemo ? [synthetic] : [live, synthetic];
    const servers = probes.flatMap((port) => ['-S', `${HOST}:${port}`]);
    const serving = ['-B', HOST, '-P', `${records}`, '--metrics', `${metrics}`];
    const keeping = ['--retry', `${RETRY_SECONDS}`, '--state', this.#archive.state];
    return new Child('radium', ['-X', ...servers, ...serving, ...keeping]);
  }

  #startRastream(): Child {
    const { folder, state, span, hold } = this.#archive;
    const name = join(escaped(folder), '%Y-%m-%d', '$srcid.%H.%M.%S');
    const keeping = ['-M', 'time', span, '-B', hold, '--finish', '-w', name];
    const stream = ['--name', 'rastream', '--retry', `${RETRY_SECONDS}`, '--state', state];
    return new Child('rastream', ['-S', `${HOST}:${this.#ports.records}`, ...keeping, ...stream]);
  }

  /** Watches an interface. Returns what is to be said when it cannot be watched, or nothing. */
  async #tryInterface(): Promise<string> {
    const { interface: name } = this.#options;
    try {
      const device = name ?? defaultInterface();
      // Our own records on their way would be traffic that never ends.
      const own = Object.values(this.#ports).map((port) => `not tcp port ${port}`);
      const filter = seesLoopback(device) ? ['-', own.join(' and ')] : [];
      await this.#startProbe(['-i', device], LIVE, this.#ports.live, filter);
      this.#device = device;
      return '';
    } catch (error) {
      // An interface that was asked for by name is not replaced by something else.
      if (name !== undefined || !(error instanceof InputError)) throw error;
      return `(this machine's own cannot be watched: ${error.message})`;
    }
  }

  async #startSynthetic(): Promise<Child> {
    return this.#startProbe(['-r', '-'], SYNTHETIC, this.#ports.synthetic, []);
  }

  /**
   * Starts a probe and waits until the multiplexer has it.
   * @throws {InputError} with its own words when it ends instead
   */
  async #startProbe(input: readonly string[], source: string, port: number, filter: readonly string[]): Promise<Child> {
    const serving = ['-e', source, '-S', `${STATUS_SECONDS}`, '-B', HOST, '-P', `${port}`];
    const probe = new Child('argus', ['-X', ...input, ...serving, '--state', this.#archive.state, ...filter], true);
    if (input.includes('-') && probe.stdin !== null)
      void feedTraffic(probe.stdin, randomInt(2 ** 31), this.#ending.signal);
    this.#probes.push(probe);
    await this.#until(() => this.#watch.sources.has(source) || !probe.isRunning);
    if (probe.isRunning) await Promise.race([probe.ended, delay(SETTLE_MS)]);
    if (!probe.isRunning && !this.#context.signal.aborted) {
      await probe.ended;
      this.#probes.pop();
      throw new InputError(probe.reason, { hint: probe.hint });
    }
    this.#watch.lastRecordMs = performance.now();
    return probe;
  }

  /** Looks again and again whether something has come true, or the end is wished for. */
  async #until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
    const { signal } = this.#context;
    const startedMs = performance.now();
    while (!signal.aborted && !(await isTrue())) {
      await this.#checkAll();
      if (performance.now() - startedMs > START_MS_MAX)
        throw new SuiteError('the suite does not come up', { hint: '' });
      await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @throws {SuiteError} for a process that has ended */
  async #checkAll(): Promise<void> {
    const children = [...this.#probes, this.#radium, this.#rastream, this.#reader].filter(
      (child) => child !== undefined,
    );
    if (children.every(({ isRunning }) => isRunning)) return;
    await delay(LOOK_MS); // one may draw another after it, and is the reason then
    const first = children.find(({ isRunning }) => !isRunning);
    await first?.ended;
    if (first !== undefined && !this.#context.signal.aborted)
      throw new SuiteError(`${first.line}: ${first.reason}`, { hint: first.hint });
  }
}

/** As it stands in a name that may have conversions and fields. */
function escaped(folder: string): string {
  return folder.replaceAll('%', '%%').replaceAll('$', '$$$$');
}
