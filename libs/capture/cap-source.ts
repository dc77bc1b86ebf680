import { createRequire } from 'node:module';
import { networkInterfaces } from 'node:os';
import { nowUs } from '../core/clock.ts';
import { InputError } from '../core/errors.ts';
import { BATCH_PACKETS_MAX, emptyBatch, type PacketBatch, type PacketSource } from './source.ts';

/** Of what the package `cap` offers, what we use. It has no types of its own. */
interface CapModule {
  readonly Cap: CapClass;
}
interface CapClass {
  new (): CapHandle;
  findDevice(address: string): string | undefined;
  deviceList(): { readonly name: string; readonly description?: string; readonly flags?: string }[];
}
interface CapHandle {
  open(device: string, filter: string, bufferBytes: number, packet: Buffer): string;
  setMinBytes?(bytes: number): void;
  on(event: 'packet', listener: (bytes: number, truncated: boolean) => void): void;
  close(): void;
}

const LINK_TYPES: Readonly<Record<string, number>> = {
  NULL: 0,
  ETHERNET: 1,
  IEEE802_11_RADIO: 127,
  RAW: 101,
  LINKTYPE_LINUX_SLL: 113,
};
/** cap captures whole packets. */
const PACKET_BYTES_MAX = 65_535;
/** libpcap's buffer for packets that were not fetched yet. */
const KERNEL_BUFFER_BYTES = 16 << 20;
/** Packets that wait to be taken, in bytes. */
const BLOCK_BYTES = 4 << 20;
/** How long `next` waits for packets. */
const WAIT_MS = 20;

/** @throws {InputError} where the package could not be built */
function loadCap(): CapModule {
  try {
    return createRequire(import.meta.url)('cap') as CapModule;
  } catch (error) {
    throw new InputError('live capture needs the package cap, which could not be built or loaded', {
      hint: 'Install libpcap with its headers (on Debian: apt-get install libpcap-dev) and run: npm ci',
      cause: error,
    });
  }
}

/** The interface that is captured on when none is named: the first that is up and no loopback. */
export function defaultInterface(): string {
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    if (addresses?.some(({ internal }) => !internal) === true) return name;
  }
  throw new InputError('no interface is up', { hint: 'Name one with -i, or read a file with -r.' });
}

/**
 * Live capture through the package `cap`, on whatever libpcap offers. It tells neither time nor wire length nor losses: a
 * packet's time is when we got it, its length what was captured, and `droppedByKernel` is unknown. Always promiscuous. One
 * capture a process, on the main thread.
 */
export class CapSource implements PacketSource {
  readonly name: string;
  readonly live = true;
  readonly damage = null;
  readonly counters = { received: 0, filtered: 0, droppedByKernel: -1, droppedByInterface: -1, droppedByUs: 0 };
  readonly #cap: CapHandle;
  /** cap writes each packet here and keeps only a raw pointer: it must live as long as the capture. */
  readonly #packet = Buffer.alloc(PACKET_BYTES_MAX);
  readonly #linkType: number;
  #filling: PacketBatch;
  #given: PacketBatch;
  #end = 0;
  #wake: (() => void) | undefined;
  #closed = false;

  /**
   * @param filter in tcpdump's language; empty is none
   * @throws {InputError} when the interface cannot be opened
   */
  constructor(device: string, filter: string) {
    const { Cap } = loadCap();
    this.name = device;
    this.#filling = emptyBatch(new DataView(new ArrayBuffer(BLOCK_BYTES)));
    this.#given = emptyBatch(new DataView(new ArrayBuffer(BLOCK_BYTES)));
    this.#cap = new Cap();
    try {
      const link = this.#cap.open(device, filter, KERNEL_BUFFER_BYTES, this.#packet);
      this.#linkType = LINK_TYPES[link] ?? Number(/\d+$/.exec(link)?.[0] ?? 0);
    } catch (error) {
      throw cannotOpen(device, error as Error);
    }
    this.#cap.on('packet', (bytes) => this.#take(bytes));
  }

  #take(bytes: number): void {
    const batch = this.#filling;
    if (batch.count === BATCH_PACKETS_MAX || this.#end + bytes > BLOCK_BYTES) {
      this.counters.droppedByUs += 1;
      return;
    }
    const i = batch.count++;
    batch.timeUs[i] = nowUs();
    batch.timeNs[i] = 0;
    batch.offset[i] = this.#end;
    batch.captured[i] = bytes;
    batch.wire[i] = bytes;
    batch.linkType[i] = this.#linkType;
    new Uint8Array(batch.view.buffer, this.#end, bytes).set(this.#packet.subarray(0, bytes));
    this.#end += bytes;
    if (batch.count === BATCH_PACKETS_MAX >> 1) this.#wake?.();
  }

  async next(): Promise<PacketBatch | null> {
    if (this.#closed) return null;
    if (this.#filling.count < BATCH_PACKETS_MAX >> 1) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, WAIT_MS);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = undefined;
    }
    const batch = this.#filling;
    this.#filling = this.#given;
    this.#given = batch;
    this.#filling.count = 0;
    this.#end = 0;
    this.counters.received += batch.count;
    return batch;
  }

  close(): Promise<void> {
    if (!this.#closed) this.#cap.close();
    this.#closed = true;
    this.#wake?.();
    return Promise.resolve();
  }
}

function cannotOpen(device: string, error: Error): InputError {
  const text = error.message.trim();
  if (/permi|not permitted|root/i.test(text)) {
    return new InputError(`${device}: not permitted to capture`, {
      hint: 'Run as root, or give the program CAP_NET_RAW and CAP_NET_ADMIN.',
      cause: error,
    });
  }
  if (/no such device|doesn't exist/i.test(text)) {
    const names = Object.keys(networkInterfaces()).join(' ');
    return new InputError(`${device}: no such interface`, { hint: `There are: ${names} any`, cause: error });
  }
  return new InputError(`${device}: ${text}`, { cause: error });
}
