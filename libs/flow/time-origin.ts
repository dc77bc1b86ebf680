import type { PacketGroup } from './packet-group.ts';

/** Times inside the slabs are nanoseconds since the first packet that needed one: exact in a double for 104 days. */
export class TimeOrigin {
  #us = Number.NaN;

  /** Microseconds since the epoch at which these times are 0; NaN before the first. */
  get us(): number {
    return this.#us;
  }

  /** Begins anew with the next packet; nothing may hold times any more. */
  forget(): void {
    this.#us = Number.NaN;
  }

  /** The time of packet `i` of a group; more than 0 for a packet that is not earlier than the first. */
  nanosecondsOf(group: PacketGroup, i: number): number {
    const timeUs = group.timeUs[i]!;
    if (Number.isNaN(this.#us)) this.#us = timeUs - 1;
    return (timeUs - this.#us) * 1000 + group.timeNs[i]!;
  }
}
