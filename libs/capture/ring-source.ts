import { nowUs } from '../core/clock.ts';
import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { UsageError } from '../core/errors.ts';
import { captureFilter } from './capture-filter.ts';
import type { FilterForLink } from './capture-file.ts';
import { keepPackets } from './keep-packets.ts';
import type { LinkEvent } from './link-event.ts';
import { RingReader } from './ring-reader.ts';
import { ANY, type RingHandle } from './ring-socket.ts';
import { REFUSE_ALL } from './socket-filter.ts';
import type { PacketBatch, PacketFilter, PacketSource, SourceCounters, SourceDamage } from './source.ts';
import { ENETDOWN, IFF_UP, IOCTL, PACKET, POLL, SO, SOL, SyscallError, syscalls } from './syscalls.ts';

/** How long `next` waits for packets. */
const WAIT_MS = 20;
/** How often the kernel's counters are read, and an interface is looked for that is down or gone. */
const LOOK_MS = 1000;
/** A block is handed over this much later than it should be at most. */
const SLACK_MS = 30;
/** At the end, packets that the kernel has counted but not handed over are waited for so much longer at most. */
const LATE_MS = 1000;
/** `struct tpacket_stats_v3`: packets with those dropped, dropped, freezes. */
const STATISTICS = { bytes: 12, packets: 0, drops: 4 } as const;

/**
 * Packets of one interface from the kernel's ring, without a copy; in a thread of its own, which `next` lets stand still for
 * up to 20 ms. An interface that goes down or vanishes is waited for.
 */
export class RingSource implements PacketSource {
  readonly name: string;
  readonly live = true;
  /** How long after its time a packet may be handed over, microseconds. */
  readonly delayUs: number;
  readonly counters: SourceCounters;
  damage: SourceDamage | null = null;
  readonly #ring: RingHandle;
  readonly #reader: RingReader;
  readonly #onLink: (event: LinkEvent) => void;
  readonly #filterForLink: FilterForLink | undefined;
  readonly #filters = new Map<number, PacketFilter>();
  readonly #interfaceDropsBefore: number;
  #state: 'up' | 'down' | 'gone' = 'up';
  #looked = 0;
  /** Packets that the kernel says it has put into the ring. */
  #passed = 0;
  /** When all that came before `stop` has been handed over, `performance.now()`. */
  #endMs = Infinity;
  #ended = false;

  /** @param onLink hears when the interface goes down, comes up, vanishes and returns */
  constructor(ring: RingHandle, onLink: (event: LinkEvent) => void) {
    const { device, fd, pointer, options, linkType, filter, leftToUs } = ring;
    this.name = device;
    this.#ring = ring;
    this.#onLink = onLink;
    this.delayUs = (options.retireMs + SLACK_MS) * 1000;
    const memory = syscalls().view(pointer, options.blockBytes * options.blocks);
    this.#reader = new RingReader(memory, { ...options, linkType });
    this.#filterForLink = leftToUs === 'none' ? undefined : captureFilter(filter, options.optimize);
    this.#interfaceDropsBefore = interfaceDrops(device);
    const droppedByInterface = this.#interfaceDropsBefore < 0 ? -1 : 0;
    this.counters = { received: 0, filtered: 0, droppedByKernel: 0, droppedByInterface, droppedByUs: 0 };
    this.descriptor = fd;
  }

  /** To be waited for by who reads several rings. */
  readonly descriptor: number;

  clockUs(): number {
    return nowUs() - this.delayUs;
  }

  async next(): Promise<PacketBatch | null> {
    await turn(); // messages to this thread are heard between batches
    if (this.#ended) return null;
    const batch = this.take();
    if (batch.count > 0) return batch;
    if (this.#ended) return null;
    this.trouble(syscalls().poll([this.descriptor], WAIT_MS)[0]!);
    return batch;
  }

  /** The packets that are there, perhaps none, without waiting. */
  take(): PacketBatch {
    const nowMs = performance.now();
    if (nowMs - this.#looked >= LOOK_MS) this.#look(nowMs);
    for (let batch; (batch = this.#reader.take()) !== undefined;) {
      this.#keepMatching(batch);
      this.counters.received += batch.count;
      this.counters.droppedByUs = this.#reader.malformed;
      if (batch.count > 0) return batch;
    }
    if (nowMs >= this.#endMs) this.#endWhenAllCame(nowMs);
    return this.#none;
  }

  readonly #none: PacketBatch = {
    view: new DataView(new ArrayBuffer(0)),
    count: 0,
    timeUs: new Float64Array(0),
    timeNs: new Uint16Array(0),
    offset: new Uint32Array(0),
    captured: new Uint32Array(0),
    wire: new Uint32Array(0),
    linkType: new Uint16Array(0),
  };

  /** Whether no more packets will come. */
  get ended(): boolean {
    return this.#ended;
  }

  #keepMatching(batch: PacketBatch): void {
    if (this.#filterForLink === undefined) return;
    const { view, offset, captured, wire, linkType } = batch;
    const { tagged } = this.#reader;
    const onlyTagged = this.#ring.leftToUs === 'tagged';
    this.counters.filtered += keepPackets(
      batch,
      (i) => (onlyTagged && tagged[i] === 0) || this.#filter(linkType[i]!)(view, offset[i]!, captured[i]!, wire[i]!),
    );
  }

  #filter(linkType: number): PacketFilter {
    let filter = this.#filters.get(linkType);
    if (filter === undefined) this.#filters.set(linkType, (filter = this.#filterFor(linkType)));
    return filter;
  }

  /** What a filter cannot mean for a link type, as `vlan` on raw IP, it does not take there. */
  #filterFor(linkType: number): PacketFilter {
    try {
      return this.#filterForLink!(linkType);
    } catch (error) {
      if (error instanceof UsageError) return () => false;
      throw error;
    }
  }

  /** @param happened to the descriptor, bits of `POLL` */
  trouble(happened: number): void {
    if ((happened & POLL.error) === 0) return;
    const system = syscalls();
    const { fd } = this.#ring;
    const error = system.getOption(fd, SOL.socket, SO.error, 4).readInt32LE(0); // which also clears it
    if (error !== ENETDOWN || this.#state !== 'up') return;
    if (this.name !== ANY && system.boundInterface(fd) < 0) this.#lose();
    else this.#turn('down');
  }

  /** The interface is no more. Rings that shared it cannot be bound to another. */
  #lose(): void {
    this.#turn('gone');
    if (!this.#ring.isShared) return;
    this.damage = { offset: -1, reason: 'the interface is gone' };
    this.stop();
  }

  #turn(state: 'up' | 'down' | 'gone'): void {
    const said = state === 'up' && this.#state === 'gone' ? 'back' : state;
    if (state === this.#state) return;
    this.#state = state;
    this.#onLink({ device: this.name, state: said });
  }

  #look(nowMs: number): void {
    this.#looked = nowMs;
    this.#countDrops();
    if (this.#state === 'up' || this.#endMs < Infinity) return;
    try {
      if (this.#state === 'gone') this.#bindAgain();
      else if (this.#isUp()) this.#turn('up');
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error; // not there yet
    }
  }

  #isUp(): boolean {
    if (this.name === ANY) return true;
    const system = syscalls();
    if (system.boundInterface(this.#ring.fd) < 0) {
      this.#lose();
      return false;
    }
    return (system.interfaceWord(this.#ring.fd, IOCTL.interfaceFlags, this.name) & IFF_UP) !== 0;
  }

  #bindAgain(): void {
    const system = syscalls();
    const index = system.interfaceIndex(this.name);
    if (index === 0) return;
    system.bindToInterface(this.#ring.fd, index);
    if (this.#ring.options.promiscuous) system.joinPromiscuous(this.#ring.fd, index);
    this.#turn('up');
  }

  #countDrops(): void {
    const statistics = syscalls().getOption(this.#ring.fd, SOL.packet, PACKET.statistics, STATISTICS.bytes);
    const drops = statistics.readUInt32LE(STATISTICS.drops);
    this.counters.droppedByKernel += drops;
    this.#passed += statistics.readUInt32LE(STATISTICS.packets) - drops;
    const lost = interfaceDrops(this.name);
    if (this.#interfaceDropsBefore >= 0 && lost >= this.#interfaceDropsBefore) {
      this.counters.droppedByInterface = lost - this.#interfaceDropsBefore;
    }
  }

  stop(): void {
    if (this.#endMs < Infinity) return;
    syscalls().setProgram(this.#ring.fd, SOL.socket, SO.attachFilter, REFUSE_ALL);
    this.#endMs = performance.now() + this.#ring.options.retireMs + SLACK_MS;
  }

  #endWhenAllCame(nowMs: number): void {
    this.#countDrops();
    const late = this.#passed - this.#reader.packets;
    if (late > 0 && nowMs < this.#endMs + LATE_MS) return;
    this.counters.droppedByKernel += Math.max(0, late);
    this.#ended = true;
  }

  /** The ring itself is closed by who opened it, when this thread has ended. */
  close(): Promise<void> {
    this.#ended = true;
    return Promise.resolve();
  }
}

/** Packets that the interface's own hardware lost since it is there; -1 where that is not known. */
function interfaceDrops(device: string): number {
  try {
    return ['rx_missed_errors', 'rx_fifo_errors']
      .map((counter) => Number(readFileSync(`/sys/class/net/${device}/statistics/${counter}`, 'utf8')))
      .reduce((sum, count) => sum + count, 0);
  } catch {
    return -1;
  }
}
