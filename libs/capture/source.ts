/**
 * Packets come in batches: arrays of equal length over one block of bytes. Nothing is allocated per packet.
 * A batch belongs to its source and is overwritten by the next call of `next`.
 */
export interface PacketBatch {
  /** One view over the whole block; packet `i` is the bytes `offset[i]` … `offset[i] + captured[i]`. */
  view: DataView;
  count: number;
  /** Microseconds since the epoch (exact in a double), and the nanoseconds 0–999 that remain. */
  timeUs: Float64Array;
  timeNs: Uint16Array;
  offset: Uint32Array;
  /** Bytes captured. */
  captured: Uint32Array;
  /** Bytes on the wire. */
  wire: Uint32Array;
  /** Link type of each packet (LINKTYPE_ numbers of tcpdump.org; a pcapng file may mix them). */
  linkType: Uint16Array;
}

/** What became of the packets that a source met; all counts since it was opened. */
export interface SourceCounters {
  /** Packets handed over in batches. */
  received: number;
  /** Packets that the capture filter refused. */
  filtered: number;
  /** Packets that the kernel or the library dropped, where it can be known; else -1. */
  droppedByKernel: number;
  /** Packets that the interface dropped, where it can be known; else -1. */
  droppedByInterface: number;
  /** Packets that we took from the kernel and then had no room for. */
  droppedByUs: number;
}

/** Where a file stopped making sense; what lies before it has been delivered. */
export interface SourceDamage {
  /** Offset in the (decompressed) file of the first byte that could not be used. */
  offset: number;
  /** What is wrong there, in words that fit after "capture.pcap: ". */
  reason: string;
}

export interface PacketSource {
  /** File or interface name, for messages. */
  readonly name: string;
  /** True when packets arrive in real time; `next` then resolves at least every 20 ms, with an empty batch if need be. */
  readonly live: boolean;
  readonly counters: Readonly<SourceCounters>;
  /**
   * Of a source that keeps one waiting: no packet that comes from now on was captured before this, microseconds since the
   * epoch, give or take a few milliseconds.
   */
  clockUs?(): number;
  /** Set when the input ended in damage, after `next` has returned null. */
  readonly damage: SourceDamage | null;
  /** The next packets, or null at the end of the input. */
  next(): Promise<PacketBatch | null>;
  /** Takes no more packets; `next` gives what came before, then null. Sources without it can be left at any time. */
  stop?(): void;
  close(): Promise<void>;
}

/** A compiled capture filter: true keeps the packet. Bytes are `view[offset, offset + captured)`. */
export type PacketFilter = (view: DataView, offset: number, captured: number, wire: number) => boolean;

/** Most packets that a batch holds. */
export const BATCH_PACKETS_MAX = 4096;

/** An empty batch over `view` with room for `BATCH_PACKETS_MAX` packets. */
export function emptyBatch(view: DataView): PacketBatch {
  return {
    view,
    count: 0,
    timeUs: new Float64Array(BATCH_PACKETS_MAX),
    timeNs: new Uint16Array(BATCH_PACKETS_MAX),
    offset: new Uint32Array(BATCH_PACKETS_MAX),
    captured: new Uint32Array(BATCH_PACKETS_MAX),
    wire: new Uint32Array(BATCH_PACKETS_MAX),
    linkType: new Uint16Array(BATCH_PACKETS_MAX),
  };
}
