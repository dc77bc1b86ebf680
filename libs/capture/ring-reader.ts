import { linkTypeOfHardware } from './hardware-type.ts';
import { BATCH_PACKETS_MAX, emptyBatch, type PacketBatch } from './source.ts';
import { BLOCK, BLOCK_READY, FRAME, FRAME_STATUS, OUTGOING } from './syscalls.ts';

const ETHERNET = 1;
const LOOPBACK_HARDWARE = 772;
/** LINKTYPE_LINUX_SLL2's neighbour that nobody decodes: frames of hardware that is not known. */
const UNKNOWN_LINK = 0xffff;
const TAG_BYTES = 4;
const MACS_BYTES = 12;
const ETHERTYPE_VLAN = 0x8100;

/** What the frames of a ring are. */
export interface RingShape {
  readonly blockBytes: number;
  readonly blocks: number;
  /** Undefined when each frame tells its own. */
  readonly linkType: number | undefined;
}

/**
 * Reads the blocks of a ring one after the other, as the kernel hands them over. Headers that make no sense are counted, and
 * nothing outside the block that they are in is read.
 */
export class RingReader {
  readonly #shape: RingShape;
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #batch: PacketBatch;
  /** Of each packet of the batch, whether the kernel had its tag apart. */
  readonly tagged = new Uint8Array(BATCH_PACKETS_MAX);
  #block = 0;
  #isHeld = false;
  /** The next packet of the block that is held, its end, and how many packets are left. */
  #at = 0;
  #end = 0;
  #left = 0;
  /** Packets of the blocks so far, as their headers say. */
  packets = 0;
  /** Of these, packets that were lost to headers that make no sense. */
  malformed = 0;

  /** @param memory of all blocks */
  constructor(memory: ArrayBuffer, shape: RingShape) {
    this.#shape = shape;
    this.#view = new DataView(memory);
    this.#bytes = new Uint8Array(memory);
    this.#words = new Int32Array(memory);
    this.#batch = emptyBatch(this.#view);
  }

  /**
   * The next packets; they stay where they are until the next call, which gives their block back to the kernel when it is
   * done with. Tags that the kernel had taken away are put back. Undefined when there are none yet.
   */
  take(): PacketBatch | undefined {
    const batch = this.#batch;
    batch.count = 0;
    while (batch.count === 0) {
      if (this.#left === 0 && !this.#nextBlock()) return undefined;
      this.#parse(batch);
    }
    return batch;
  }

  #nextBlock(): boolean {
    const { blockBytes, blocks } = this.#shape;
    if (this.#isHeld) {
      Atomics.store(this.#words, (this.#block * blockBytes + BLOCK.status) >>> 2, 0);
      this.#block = (this.#block + 1) % blocks;
      this.#isHeld = false;
    }
    const start = this.#block * blockBytes;
    if ((Atomics.load(this.#words, (start + BLOCK.status) >>> 2) & BLOCK_READY) === 0) return false;
    this.#isHeld = true;
    this.#left = this.#view.getUint32(start + BLOCK.packets, true);
    this.packets += this.#left;
    this.#at = start + this.#view.getUint32(start + BLOCK.firstPacket, true);
    this.#end = start + Math.min(this.#view.getUint32(start + BLOCK.bytes, true), blockBytes);
    return true;
  }

  /** Takes packets of the block up to the batch's end; a block of none is done with at once. */
  #parse(batch: PacketBatch): void {
    const view = this.#view;
    const end = this.#end;
    let at = this.#at;
    let left = this.#left;
    let count = 0;
    for (; left > 0 && count < BATCH_PACKETS_MAX; left--) {
      if (at + FRAME.headerBytes > end) break;
      const next = view.getUint32(at + FRAME.next, true);
      const mac = view.getUint16(at + FRAME.mac, true);
      const captured = view.getUint32(at + FRAME.captured, true);
      const frame = at + mac;
      if (mac < FRAME.headerBytes || frame + captured > end) break;
      if (next < FRAME.headerBytes && left > 1) break;
      const hardware = view.getUint16(at + FRAME.hardwareType, true);
      const isEcho = hardware === LOOPBACK_HARDWARE && this.#bytes[at + FRAME.packetType] === OUTGOING;
      if (!isEcho) {
        const nanoseconds = view.getUint32(at + FRAME.nanoseconds, true);
        const micros = Math.floor(nanoseconds / 1000);
        batch.timeUs[count] = view.getUint32(at + FRAME.seconds, true) * 1e6 + micros;
        batch.timeNs[count] = nanoseconds - micros * 1000;
        batch.linkType[count] = this.#shape.linkType ?? linkTypeOfHardware(hardware) ?? UNKNOWN_LINK;
        const tag = this.#putTagBack(at, frame, captured, batch.linkType[count]!);
        batch.offset[count] = frame - tag;
        batch.captured[count] = captured + tag;
        batch.wire[count] = view.getUint32(at + FRAME.wire, true) + tag;
        this.tagged[count] = tag;
        count += 1;
      }
      at += next;
    }
    if (left > 0 && count < BATCH_PACKETS_MAX) {
      this.malformed += left;
      left = 0;
    }
    this.#at = at;
    this.#left = left;
    batch.count = count;
  }

  /** @returns by how many bytes the frame is longer, and begins earlier */
  #putTagBack(at: number, frame: number, captured: number, linkType: number): number {
    const status = this.#view.getUint32(at + FRAME.status, true);
    if ((status & FRAME_STATUS.vlanValid) === 0 || linkType !== ETHERNET || captured < MACS_BYTES) return 0;
    if (frame - TAG_BYTES < at + FRAME.headerBytes) return 0;
    const view = this.#view;
    const tpid =
      (status & FRAME_STATUS.vlanTpidValid) === 0 ? ETHERTYPE_VLAN : view.getUint16(at + FRAME.vlanTpid, true);
    const tci = view.getUint32(at + FRAME.vlanTci, true) & 0xffff;
    this.#bytes.copyWithin(frame - TAG_BYTES, frame, frame + MACS_BYTES);
    view.setUint16(frame - TAG_BYTES + MACS_BYTES, tpid);
    view.setUint16(frame - TAG_BYTES + MACS_BYTES + 2, tci);
    return TAG_BYTES;
  }
}
