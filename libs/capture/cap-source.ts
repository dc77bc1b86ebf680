import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { nowUs } from '../core/clock.ts';
import { InputError, UsageError, type SuiteError } from '../core/errors.ts';
import { BlockReader } from './block-reader.ts';
import { StreamSource } from './stream-source.ts';
import { PACKETS_FD, type CapAnswer, type CapOrder } from './cap-messages.ts';
import { missingCap } from './cap.ts';
import { noSuchInterface, notPermitted } from './capture-failure.ts';
import type { CaptureFormat } from './capture-format.ts';
import { linkTypeOf } from './data-link.ts';
import { keepPackets } from './keep-packets.ts';
import { PcapFormat } from './pcap-file.ts';
import { emptyBatch, type PacketBatch, type PacketSource, type SourceDamage } from './source.ts';

/** How long `next` waits for packets. */
const WAIT_MS = 20;
const PACKET_BYTES_MAX = 65_535;

/** Link types that the package `cap` has words for; the others come as a number at the end of a sentence. */
const LINK_TYPES: Readonly<Record<string, number>> = {
  NULL: 0,
  ETHERNET: 1,
  IEEE802_11_RADIO: 127,
  LINKTYPE_LINUX_SLL: 113,
  RAW: 101,
};

/**
 * Live capture on any device that libpcap offers, through the package `cap` in a process of its own. The package tells neither
 * time nor wire length nor losses: a packet's time is when we got it, its wire length what was captured, and what the kernel
 * drops is unknown. The interface is always in promiscuous mode.
 * @param filter in tcpdump's language; empty is none
 * @throws {InputError} when the device cannot be opened
 * @throws {UsageError} when libpcap does not understand the filter
 */
export async function openCap(device: string, filter: string): Promise<PacketSource> {
  const child = fork(new URL('./cap-process.js', import.meta.url), [], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc', 'pipe'],
  });
  const exit = once(child, 'exit').catch(() => undefined);
  const answer = await new Promise<CapAnswer>((resolve) => {
    const fail = (text: string): void => resolve({ failed: 'open', text });
    child.once('message', (message) => resolve(message as CapAnswer));
    child.on('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => fail(`the capture process ended (${signal ?? code})`));
    child.send({ device, filter } satisfies CapOrder, (error) => error !== null && fail(error.message));
  });
  if ('link' in answer) return new CapSource(device, child, exit, linkTypeNamed(answer.link));
  child.kill('SIGKILL');
  throw failure(device, filter, answer);
}

function linkTypeNamed(word: string): number {
  return LINK_TYPES[word] ?? linkTypeOf(Number(/\d+$/.exec(word)?.[0] ?? 0));
}

/** The packets that a capture process sends. */
class CapSource implements PacketSource {
  readonly name: string;
  readonly live = true;
  readonly counters = { received: 0, filtered: 0, droppedByKernel: -1, droppedByInterface: -1, droppedByUs: 0 };
  damage: SourceDamage | null = null;
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;
  readonly #reader: BlockReader;
  readonly #format: CaptureFormat;
  readonly #batch: PacketBatch;
  #isAdvancing = false;
  #ended = false;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(name: string, child: ChildProcess, exit: Promise<unknown>, linkType: number) {
    this.name = name;
    this.#child = child;
    this.#exit = exit;
    this.#reader = new BlockReader(new StreamSource(child.stdio[PACKETS_FD] as Readable));
    const layout = { littleEndian: true, nanoseconds: false, headerBytes: 16 };
    this.#format = new PcapFormat(layout, linkType, PACKET_BYTES_MAX);
    this.#batch = emptyBatch(this.#reader.view);
  }

  clockUs(): number {
    return nowUs();
  }

  async next(): Promise<PacketBatch | null> {
    const batch = this.#batch;
    while (!this.#ended) {
      batch.count = 0;
      if (!this.#isAdvancing && this.#parse(batch)) return batch;
      this.#advance();
      await this.#woken();
      if (this.#isAdvancing) return batch; // nothing came in time
    }
    return null;
  }

  /** @returns whether there were packets */
  #parse(batch: PacketBatch): boolean {
    const { view, start, end } = this.#reader;
    batch.view = view;
    this.#reader.start = this.#format.parse(view, start, end, batch).at;
    keepPackets(batch, (i) => {
      if (batch.timeUs[i] !== 0) return true;
      this.counters.droppedByUs += batch.wire[i]!; // a notice, see PacketPipe
      return false;
    });
    this.counters.received += batch.count;
    return batch.count > 0;
  }

  #advance(): void {
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    const done = (hasMore: boolean): void => {
      this.#isAdvancing = false;
      if (!hasMore) this.#end();
      this.#wake?.();
    };
    this.#reader.advance().then(done, () => done(false));
  }

  /** The process ended without being told to. */
  #end(): void {
    this.#ended = true;
    if (this.#closed) return;
    const offset = this.#reader.offsetOf(this.#reader.start);
    this.damage = { offset, reason: 'capturing ended; the interface went down or is no more' };
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, WAIT_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = this.#ended = true;
    this.#isAdvancing = false;
    this.#child.kill('SIGKILL');
    await this.#reader.close();
    await this.#exit;
    this.#wake?.();
  }
}

function failure(device: string, filter: string, { failed, text }: Extract<CapAnswer, { failed: string }>): SuiteError {
  if (failed === 'load') return missingCap(new Error(text));
  if (failed === 'filter') {
    return new UsageError(`capture filter: ${text}\n  ${filter}`, {
      hint: 'Capture filters are those of tcpdump; see pcap-filter(7).',
    });
  }
  if (/permi|not permitted|root/i.test(text)) return notPermitted(device, new Error(text));
  if (/no such device|doesn't exist/i.test(text)) return noSuchInterface(device);
  return new InputError(`${device}: ${text}`);
}
