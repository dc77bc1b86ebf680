import { Slab } from './slab.ts';

// Words of a row; of each pair the first is the initiator's.
const E_NEXT = 0;
const E_KNOWN = 2;
export const E_LOST = 4;
export const ESP_WORDS = 6;

/** Jumps further than this are a new start of the sender, not loss. */
const LOSS_MAX = 65_536;

/** Loss by the sequence numbers of ESP (RFC 4303 §2.2). */
export class EspRows {
  readonly slab: Slab;

  constructor(flowsMax: number) {
    this.slab = new Slab(ESP_WORDS, flowsMax);
  }

  packet(row: number, direction: number, sequence: number): void {
    const { u32, i32 } = this.slab;
    const at = row * ESP_WORDS;
    const ahead = (sequence - i32[at + E_NEXT + direction]!) | 0;
    if (u32[at + E_KNOWN + direction] === 0 || ahead >= LOSS_MAX || ahead <= -LOSS_MAX) {
      u32[at + E_KNOWN + direction] = 1;
    } else if (ahead < 0) {
      // A late one was counted as lost when it was jumped over.
      if (u32[at + E_LOST + direction]! > 0) u32[at + E_LOST + direction]! -= 1;
      return;
    } else {
      u32[at + E_LOST + direction]! += ahead;
    }
    u32[at + E_NEXT + direction] = sequence + 1;
  }

  /** Packets lost since the last call. */
  takeLost(row: number, direction: number): number {
    const at = row * ESP_WORDS + E_LOST + direction;
    const lost = this.slab.u32[at]!;
    this.slab.u32[at] = 0;
    return lost;
  }
}
