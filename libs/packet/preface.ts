import type { LayerDecoder } from './layer-decoder.ts';

/** A decoder that passes over `bytes` of no interest; what they belong to follows, as `next` says (`Headers.next`). */
export function preface(bytes: number, next: number): LayerDecoder {
  return (_view, offset, _end, headers) => {
    headers.next = next;
    return offset + bytes;
  };
}
