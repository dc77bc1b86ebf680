/** How long the integer at `offset` is: 1, 2, 4 or 8 bytes (RFC 9000 §16). */
export function varintBytes(view: DataView, offset: number): number {
  return 1 << (view.getUint8(offset) >> 6);
}

/** The integer at `offset`, all of which must be there; not exact beyond 2^53, and never below 0. */
export function readVarint(view: DataView, offset: number): number {
  switch (view.getUint8(offset) >> 6) {
    case 0:
      return view.getUint8(offset);
    case 1:
      return view.getUint16(offset) & 0x3fff;
    case 2:
      return view.getUint32(offset) & 0x3fff_ffff;
    default:
      return (view.getUint32(offset) & 0x3fff_ffff) * 2 ** 32 + view.getUint32(offset + 4);
  }
}
