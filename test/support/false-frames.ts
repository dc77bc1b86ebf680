import { HEADER_BYTES } from '../../libs/codec/format.ts';

/** What lies in crafted streams again and again: something that begins like a frame, and where it says that it ends. */
export interface FalseFrames {
  /** In front of each. */
  readonly between: Uint8Array;
  /** Length that one says it has, of so many bytes that are behind its header. */
  readonly bodyBytes: (bytesBehind: number) => number;
  readonly flags?: number;
  readonly envelopeBytes?: number;
}

/** A stream of false frames, each within the one before it. @param frame a true one, which stands in front */
export function falseFrames(
  bytes: number,
  frame: Uint8Array,
  { between, bodyBytes, ...said }: FalseFrames,
): Uint8Array {
  const stream = new Uint8Array(bytes);
  const view = new DataView(stream.buffer);
  stream.set(frame);
  for (let at = frame.length; at + between.length + HEADER_BYTES <= bytes; at += HEADER_BYTES) {
    stream.set(between, at);
    at += between.length;
    stream.set(frame.subarray(0, HEADER_BYTES), at);
    stream[at + 7] = said.flags ?? 1;
    view.setUint32(at + 12, bodyBytes(bytes - at - HEADER_BYTES), true);
    view.setUint32(at + 16, said.envelopeBytes ?? 0, true);
  }
  return stream;
}
