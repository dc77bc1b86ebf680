import { decodePacket } from '../../libs/packet/decode.ts';
import { Headers } from '../../libs/packet/headers.ts';
import { Frame, type PacketStream } from '../../libs/synthetic/frame.ts';

const ETHERNET = 1;

/** One packet of a stream, as a decoder sees it. */
export interface SeenPacket {
  readonly dueUs: number;
  readonly wireBytes: number;
  readonly capturedBytes: number;
  readonly hex: string;
  readonly headers: Headers;
}

/** Packets of a stream up to its end, or up to `most`. */
export function* seenPackets(stream: PacketStream, snapBytes = 1600, most = Infinity): Generator<SeenPacket> {
  const bytes = new Uint8Array(snapBytes);
  const frame = new Frame(new DataView(bytes.buffer), snapBytes);
  for (let count = 0; count < most && stream.dueUs !== Infinity; count++) {
    const { dueUs } = stream;
    stream.write(frame);
    const { capturedBytes, wireBytes } = frame;
    const headers = new Headers();
    decodePacket(frame.view, 0, capturedBytes, wireBytes, ETHERNET, headers);
    yield {
      dueUs,
      wireBytes,
      capturedBytes,
      hex: Buffer.from(bytes.subarray(0, capturedBytes)).toString('hex'),
      headers,
    };
  }
}

/** The same text for both directions of a flow, as probes tell flows apart. */
export function flowName(h: Headers): string {
  const ends = [
    [h.source0, h.source1, h.source2, h.source3, h.sourcePort].join(),
    [h.destination0, h.destination1, h.destination2, h.destination3, h.destinationPort].join(),
  ].sort();
  return [...ends, h.etherType, h.protocol, h.dnsId, h.icmpId, h.icmpSequence].join(' ');
}
