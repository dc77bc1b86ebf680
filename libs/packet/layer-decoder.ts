import type { Headers } from './headers.ts';

/**
 * Decodes one layer. Reads nothing at or past `end`, never throws, allocates nothing.
 * @param offset first byte of the layer; may lie past `end` when the capture cut the packet
 * @param end just past the captured bytes of the packet that carries it
 * @returns where the next layer begins, with `headers.next` set to what it is (0 when this was the last), or -1 with
 *   `headers.problem` set and the addresses of the layers below untouched
 */
export type LayerDecoder = (view: DataView, offset: number, end: number, headers: Headers) => number;
