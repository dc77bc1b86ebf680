import { crc32 } from 'node:zlib';

/*
 * Frames in files say of each column the CRC-32 (ISO 3309) of its stored bytes, so that columns read alone are tested. The
 * element of the envelope with all of them stands between the note and the zones.
 */

const BYTES = 4;
/** Elements of the envelope before the checksums, and how many there are at least where these are among them. */
export const ELEMENTS_BEFORE = 6;
export const ELEMENTS_WITH = 9;

/** Gathers the checksums of columns in their order. */
export class ChecksumWriter {
  readonly #sums: number[] = [];

  add(column: Uint8Array): void {
    this.#sums.push(crc32(column));
  }

  /** The element of the envelope. */
  get bytes(): Uint8Array {
    const bytes = new Uint8Array(BYTES * this.#sums.length);
    const view = new DataView(bytes.buffer);
    this.#sums.forEach((sum, i) => view.setUint32(BYTES * i, sum, true));
    return bytes;
  }
}

/** The checksums of so many columns, undefined where the element is something else. */
export function checksumsIn(element: unknown, columns: number): readonly number[] | undefined {
  if (!(element instanceof Uint8Array) || element.length !== BYTES * columns) return undefined;
  const view = new DataView(element.buffer, element.byteOffset, element.length);
  return Array.from({ length: columns }, (_, i) => view.getUint32(BYTES * i, true));
}

export function isIntact(column: Uint8Array, checksum: number): boolean {
  return crc32(column) === checksum;
}
