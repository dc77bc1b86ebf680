import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LinkEvent } from '../../libs/capture/link-event.ts';
import { closeRing, openRings, type RingHandle, type RingOptions } from '../../libs/capture/ring-socket.ts';
import { RingSource } from '../../libs/capture/ring-source.ts';
import type { PacketSource } from '../../libs/capture/source.ts';
import { NetLab } from './netlab.ts';
import { enterNetworkNamespace } from './network-namespace.ts';

export const RING: RingOptions = {
  blockBytes: 1 << 18,
  blocks: 16,
  retireMs: 10,
  promiscuous: true,
  optimize: true,
};

/** A packet as it was captured. */
export interface SeenPacket {
  readonly hex: string;
  readonly wire: number;
  readonly linkType: number;
  readonly timeUs: number;
}

/** A network lab whose receiving side this process is in, with rings that are closed at its end. */
export class RingLab implements AsyncDisposable {
  readonly net: NetLab;
  readonly events: LinkEvent[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'ring-lab-'));
  readonly #namespace: Disposable;
  readonly #rings: RingHandle[] = [];

  private constructor(net: NetLab) {
    this.net = net;
    this.#namespace = enterNetworkNamespace(net.names.b);
  }

  static async create(): Promise<RingLab> {
    return new RingLab(await NetLab.create());
  }

  /** Sources over rings that share what comes on a device. */
  open(device: string, options: Partial<RingOptions> = {}, filter = '', members = 1): RingSource[] {
    const rings = openRings(device, filter, { ...RING, ...options }, members);
    this.#rings.push(...rings);
    return rings.map((ring) => new RingSource(ring, (event) => this.events.push(event)));
  }

  /** One source of its own. */
  openOne(device = 'rx0', options: Partial<RingOptions> = {}, filter = ''): RingSource {
    return this.open(device, options, filter)[0]!;
  }

  /** Writes a capture and returns its path. */
  file(bytes: Uint8Array): string {
    const path = join(this.#folder, 'packets.pcap');
    writeFileSync(path, bytes);
    return path;
  }

  async replay(bytes: Uint8Array, pace: number | 'topspeed' = 'topspeed'): Promise<void> {
    await this.net.replay(this.file(bytes), pace);
  }

  /** Closes the rings that were opened. */
  closeRings(): void {
    for (const ring of this.#rings.splice(0)) closeRing(ring);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closeRings();
    this.#namespace[Symbol.dispose]();
    await this.net[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true });
  }
}

/** Calls `take` with the bytes of each packet until the source ends, or `enough` says so after a batch. */
export async function readPackets(
  source: PacketSource,
  take: (bytes: Uint8Array, packet: Omit<SeenPacket, 'hex'>) => void,
  enough: () => boolean = () => false,
): Promise<void> {
  for (let batch = await source.next(); batch !== null; batch = await source.next()) {
    for (let i = 0; i < batch.count; i++) {
      const { view } = batch;
      take(new Uint8Array(view.buffer, view.byteOffset + batch.offset[i]!, batch.captured[i]), {
        wire: batch.wire[i]!,
        linkType: batch.linkType[i]!,
        timeUs: batch.timeUs[i]! + batch.timeNs[i]! / 1000,
      });
    }
    if (enough()) return;
  }
}

/** Stops a source and gives all packets that it had, with those that came before. */
export async function packetsToTheEnd(source: PacketSource): Promise<SeenPacket[]> {
  source.stop?.();
  const packets: SeenPacket[] = [];
  await readPackets(source, (bytes, packet) => packets.push({ ...packet, hex: Buffer.from(bytes).toString('hex') }));
  return packets;
}
