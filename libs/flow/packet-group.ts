import { Headers } from '../packet/headers.ts';

/** Packets that the flow table takes at once: enough to overlap memory accesses, few enough to stay in the first cache. */
export const GROUP_PACKETS = 16;

/** A few decoded packets, reused. */
export class PacketGroup {
  count = 0;
  /** Keeps the compiler from leaving out reads whose only use is that they happen. */
  touched = 0;
  /** The bytes that the offsets in `headers` refer to. */
  view: DataView = new DataView(new ArrayBuffer(0));
  readonly headers: readonly Headers[] = Array.from({ length: GROUP_PACKETS }, () => new Headers());
  /** Microseconds since the epoch, and the nanoseconds 0–999 beyond. */
  readonly timeUs = new Float64Array(GROUP_PACKETS);
  readonly timeNs = new Uint16Array(GROUP_PACKETS);
  /** Bytes on the wire. */
  readonly wire = new Uint32Array(GROUP_PACKETS);
  /** Of packets of which nothing else is known. */
  readonly linkType = new Uint16Array(GROUP_PACKETS);
}
