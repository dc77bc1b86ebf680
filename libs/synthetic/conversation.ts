import type { Frame } from './frame.ts';
import type { Random } from './random.ts';

/** One flow in the making: it knows what its next packet is, not when. */
export interface Conversation {
  /**
   * Writes its next packet.
   * @param nowUs when the packet is seen, in µs since the stream's start
   */
  write(frame: Frame, nowUs: number, random: Random): void;
}
