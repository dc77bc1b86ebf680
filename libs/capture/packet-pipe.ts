const BLOCK_BYTES = 1 << 18;
/** Blocks that wait to be taken, 16 MiB in all; when all are full, packets are dropped and counted. */
const BLOCKS_MAX = 64;
const HEADER_BYTES = 16;

/**
 * Sends packets on in blocks, as pcap files have them: little-endian, microseconds. A header of time zero, without bytes, is a
 * notice of as many dropped packets as its wire length says.
 */
export class PacketPipe {
  readonly #send: (bytes: Buffer, done: () => void) => void;
  readonly #flushUs: number;
  readonly #free: Buffer[] = [];
  #made = 0;
  #block: Buffer | undefined;
  #end = 0;
  /** Time of the block's first packet. */
  #firstUs = 0;
  #dropped = 0;

  /**
   * @param send takes bytes, which are not touched until it calls `done`
   * @param flushUs a block is sent when its first packet is older than this, even if nobody calls `flush`
   */
  constructor(send: (bytes: Buffer, done: () => void) => void, flushUs: number) {
    this.#send = send;
    this.#flushUs = flushUs;
  }

  /** @param bytes of `packet`, at most 65,535 */
  add(packet: Buffer, bytes: number, timeUs: number): void {
    const isOld = this.#end > 0 && timeUs - this.#firstUs > this.#flushUs;
    if (isOld || this.#end + HEADER_BYTES + bytes > BLOCK_BYTES) this.flush();
    const block = (this.#block ??= this.#begin());
    if (block === undefined) {
      this.#dropped += 1;
      return;
    }
    if (this.#end === 0) this.#firstUs = timeUs;
    this.#header(block, timeUs, bytes, bytes);
    packet.copy(block, this.#end, 0, bytes);
    this.#end += bytes;
  }

  /** Sends what waits. */
  flush(): void {
    if (this.#dropped > 0) this.#block ??= this.#begin();
    const block = this.#block;
    if (block === undefined || this.#end === 0) return;
    this.#block = undefined;
    this.#send(block.subarray(0, this.#end), () => this.#free.push(block));
    this.#end = 0;
  }

  /** A block to fill, beginning with the notice of what was dropped for want of one. */
  #begin(): Buffer | undefined {
    let block = this.#free.pop();
    if (block === undefined && this.#made < BLOCKS_MAX) {
      block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      this.#made += 1;
    }
    if (block === undefined || this.#dropped === 0) return block;
    this.#header(block, 0, 0, this.#dropped);
    this.#dropped = 0;
    return block;
  }

  #header(block: Buffer, timeUs: number, captured: number, wire: number): void {
    const seconds = Math.floor(timeUs / 1e6);
    block.writeUInt32LE(seconds, this.#end);
    block.writeUInt32LE(timeUs - seconds * 1e6, this.#end + 4);
    block.writeUInt32LE(captured, this.#end + 8);
    block.writeUInt32LE(wire, this.#end + 12);
    this.#end += HEADER_BYTES;
  }
}
