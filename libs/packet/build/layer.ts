/** The numbers by which the layer below announces a layer; each name space that knows it has one. */
export interface Announced {
  readonly etherType?: number;
  readonly ipProtocol?: number;
  readonly llcSap?: number;
  readonly pppProtocol?: number;
  /** LINKTYPE_ number of tcpdump.org/linktypes.html. */
  readonly linkType?: number;
}

/** One layer of a packet to be built. Layers hold no state: one can be part of many packets. */
export interface Layer {
  readonly headerBytes: number;
  /** Bytes behind what it carries, such as a check sequence; they are left zero. */
  readonly trailerBytes?: number;
  readonly announced: Announced;
  /**
   * Writes the header at `offset`; all that it carries, and its trailer, up to `end`, is already written.
   * @param above the layer that it carries, if any
   * @param below the layer that carries it, if any
   */
  write(view: DataView, offset: number, end: number, above: Layer | undefined, below: Layer | undefined): void;
  /** Sum of 16-bit words of the pseudo-header (RFC 9293 §3.1, RFC 8200 §8.1), of layers that have one. */
  pseudoHeaderSum?(protocol: number, bytes: number): number;
  /** Whether it passes its own pseudo-header on from the layer below, as extension headers do. */
  readonly isExtension?: boolean;
}

/** Most layers of one packet. */
export const BUILT_LAYERS_MAX = 64;

/** A packet of its own, made of `layers` from the outermost to the innermost; lengths, types and checksums are filled in. */
export function packet(...layers: readonly Layer[]): Uint8Array {
  const bytes = new Uint8Array(packetBytes(layers));
  writePacket(new DataView(bytes.buffer), 0, layers);
  return bytes;
}

/** How long the packet made of `layers` is. */
export function packetBytes(layers: readonly Layer[]): number {
  let bytes = 0;
  for (const layer of layers) bytes += layer.headerBytes + (layer.trailerBytes ?? 0);
  return bytes;
}

/**
 * Writes a packet into a buffer that is used for many. Writes every byte of it, so that nothing of an earlier one shows.
 * @returns just past the packet
 * @throws RangeError when it does not fit
 */
export function writePacket(view: DataView, offset: number, layers: readonly Layer[]): number {
  const end = offset + packetBytes(layers);
  if (end > view.byteLength || layers.length > BUILT_LAYERS_MAX) throw new RangeError('the packet does not fit');
  writeFrom(view, offset, end, layers, 0);
  return end;
}

/** Writes the layers from `index` up into [offset, end), the innermost one first. */
function writeFrom(view: DataView, offset: number, end: number, layers: readonly Layer[], index: number): void {
  const layer = layers[index];
  if (layer === undefined) return;
  const trailer = layer.trailerBytes ?? 0;
  writeFrom(view, offset + layer.headerBytes, end - trailer, layers, index + 1);
  for (let at = end - trailer; at < end; at++) view.setUint8(at, 0);
  layer.write(view, offset, end, layers[index + 1], carrier(layers, index));
}

/** The layer below `index` whose pseudo-header counts. */
function carrier(layers: readonly Layer[], index: number): Layer | undefined {
  let below = index - 1;
  while (below > 0 && layers[below]!.isExtension === true) below -= 1;
  return layers[below];
}
