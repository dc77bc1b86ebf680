/** Bytes in their order, from a file, a pipe or a decompressor. One call of `read` at a time. */
export interface ByteSource {
  /**
   * Reads at least one byte into `into`, at most its length.
   * @returns how many; 0 at the end
   * @throws {Error} when there is no more because of damage; what lies before it has been given
   */
  read(into: Uint8Array): Promise<number>;
  /** Also ends a `read` that waits. */
  close(): Promise<void>;
}

/** A source whose first bytes can be looked at. */
export interface RawSource extends ByteSource {
  /** The first `count` bytes, or all if there are fewer, without taking them. */
  peek(count: number): Promise<Uint8Array>;
}
