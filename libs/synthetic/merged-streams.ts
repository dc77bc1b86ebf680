import type { Frame, PacketStream } from './frame.ts';

/** The packets of several streams in the order of their times; where two are due at once, that of the earlier stream. */
export class MergedStreams implements PacketStream {
  readonly #streams: readonly PacketStream[];

  constructor(streams: readonly PacketStream[]) {
    this.#streams = streams;
  }

  get dueUs(): number {
    return this.#first()?.dueUs ?? Infinity;
  }

  write(frame: Frame): void {
    const first = this.#first();
    if (first === undefined) throw new RangeError('the stream has ended');
    first.write(frame);
  }

  #first(): PacketStream | undefined {
    let first: PacketStream | undefined;
    for (const stream of this.#streams) {
      if (stream.dueUs < (first?.dueUs ?? Infinity)) first = stream;
    }
    return first;
  }
}
