import { writePacket, type Layer } from '../packet/build/layer.ts';

/** Where the next packet goes, and how much of it is kept. One object serves a whole stream. */
export class Frame {
  view: DataView;
  /** Where in the view the packet begins. */
  offset = 0;
  /** Bytes that the written packet has in the view. */
  capturedBytes = 0;
  /** Bytes that it has on the wire. */
  wireBytes = 0;
  /** Bytes of a packet that are kept at most. */
  readonly snapBytes: number;

  /**
   * @param view has room for a packet of `snapBytes` at each `offset` that will be set
   * @param snapBytes at least 128, so that all headers are whole
   */
  constructor(view: DataView, snapBytes: number) {
    this.view = view;
    this.snapBytes = snapBytes;
  }

  /**
   * Writes a packet.
   * @param layers without payload bytes that would pass `snapBytes`
   * @param missingBytes what the packet has on the wire beyond these layers
   */
  write(layers: readonly Layer[], missingBytes: number): void {
    this.capturedBytes = writePacket(this.view, this.offset, layers) - this.offset;
    this.wireBytes = this.capturedBytes + missingBytes;
  }
}

/** Packets one after the other, in the order of their times. */
export interface PacketStream {
  /** When the next packet is due, in whole µs since the stream's start; Infinity when there is none left. */
  readonly dueUs: number;
  /** Writes that packet; the next one is due then. */
  write(frame: Frame): void;
}
