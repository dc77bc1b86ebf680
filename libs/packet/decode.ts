import { MAC_ADDRESS, NO_ADDRESS, type Headers } from './headers.ts';
import { DECODERS, LAYER_OF } from './layers.ts';
import { NEXT } from './numbers.ts';
import { decodePlainTcp } from './plain-tcp.ts';
import { note, PROBLEM } from './problems.ts';
import { resetHeaders } from './reset.ts';

const ETHERNET = 1;
/** Layers of one packet, tunnels and extension headers included; what lies above is payload. */
const LAYERS_MAX = 64;
/** Larger sizes than this are nonsense; so bounded, all sums stay small integers. */
const WIRE_BYTES_MAX = 1 << 29;

/**
 * Decodes a packet from its link layer up, as far as it goes: a layer that is broken, cut or unknown ends the walk, and the
 * packet counts at the layer below. Allocates nothing and never throws; what is wrong is in `headers.problem`.
 * @param view spans the block that holds the packet; bytes outside [offset, end) are not read
 * @param end just past the captured bytes
 * @param wireBytes length of the packet on the wire
 * @param linkType LINKTYPE_ number of tcpdump.org/linktypes.html
 * @param headers overwritten
 */
export function decodePacket(
  view: DataView,
  offset: number,
  end: number,
  wireBytes: number,
  linkType: number,
  headers: Headers,
): void {
  if (linkType === ETHERNET && decodePlainTcp(view, offset, end, wireBytes, headers)) return;
  decodeLayers(view, offset, end, wireBytes, linkType, headers);
}

/** What `decodePacket` does, layer by layer. */
export function decodeLayers(
  view: DataView,
  offset: number,
  end: number,
  wireBytes: number,
  linkType: number,
  headers: Headers,
): void {
  headers.isPlain = false;
  resetHeaders(headers);
  headers.payloadEnd = end;
  headers.wireEnd = Math.max(end, offset + Math.min(wireBytes, WIRE_BYTES_MAX));
  let layer = LAYER_OF[NEXT.linkType | (linkType & 0xffff)]!;
  if (layer === 0) note(headers, PROBLEM.linkUnknown);
  let at = offset;
  for (let count = 0; layer !== 0; count++) {
    if (count === LAYERS_MAX) {
      note(headers, PROBLEM.tooManyLayers);
      break;
    }
    headers.next = 0;
    const body = DECODERS[layer]!(view, at, headers.payloadEnd, headers);
    if (body < 0) break;
    at = body;
    layer = LAYER_OF[headers.next]!;
  }
  headers.payloadOffset = Math.min(at, headers.payloadEnd);
  headers.payloadBytes = Math.max(0, headers.wireEnd - at);
  if (headers.addressKind === NO_ADDRESS) setLinkAddresses(headers);
}

/** Nothing above the link decoded: the flow lies between the link's stations. */
function setLinkAddresses(headers: Headers): void {
  const { hasMacs } = headers;
  headers.addressKind = hasMacs ? MAC_ADDRESS : NO_ADDRESS;
  headers.source0 = 0;
  headers.source1 = 0;
  headers.source2 = hasMacs ? headers.sourceMacHigh : 0;
  headers.source3 = hasMacs ? headers.sourceMacLow : 0;
  headers.destination0 = 0;
  headers.destination1 = 0;
  headers.destination2 = hasMacs ? headers.destinationMacHigh : 0;
  headers.destination3 = hasMacs ? headers.destinationMacLow : 0;
}
