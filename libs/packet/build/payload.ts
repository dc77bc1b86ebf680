import type { Layer } from './layer.ts';

/** Bytes that no layer explains: so many of a pattern, given bytes, or text in UTF-8. */
export function payload(content: number | Uint8Array | string, fill = 0x78): Layer {
  const bytes =
    typeof content === 'number'
      ? new Uint8Array(content).fill(fill)
      : typeof content === 'string'
        ? new TextEncoder().encode(content)
        : content;
  return {
    headerBytes: bytes.length,
    announced: {},
    write(view, offset) {
      new Uint8Array(view.buffer, view.byteOffset + offset, bytes.length).set(bytes);
    },
  };
}
