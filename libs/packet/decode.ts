import { MAC_ADDRESS, NO_ADDRESS, NOT_FRAGMENTED, type Headers } from './headers.ts';
import { DECODERS, LAYER_OF } from './layers.ts';
import { NEXT } from './numbers.ts';
import { note, PROBLEM } from './problems.ts';

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
  reset(headers);
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

/** Back to the state of a new `Headers`, but for what the end of `decodePacket` always sets and the quoted packet's fields. */
function reset(headers: Headers): void {
  headers.problem = 0;
  headers.hasMacs = false;
  headers.sourceMacHigh = 0;
  headers.sourceMacLow = 0;
  headers.destinationMacHigh = 0;
  headers.destinationMacLow = 0;
  headers.etherType = 0;
  headers.dsap = -1;
  headers.ssap = -1;
  headers.vlanTags = 0;
  headers.outerTag = 0;
  headers.innerTag = 0;
  headers.mplsLabels = 0;
  headers.mplsTop = 0;
  headers.encapsulations = 0;
  headers.addressKind = NO_ADDRESS;
  headers.arpOperation = 0;
  resetNetwork(headers);
  if (headers.tunnelDepth !== 0) resetTunnel(headers);
}

/** Forgets the network and transport layers, for the next packet or for the one inside a tunnel. */
export function resetNetwork(headers: Headers): void {
  headers.protocol = 0;
  headers.ttl = 0;
  headers.tos = 0;
  headers.ipId = 0;
  headers.ipOptions = 0;
  headers.fragment = NOT_FRAGMENTED;
  headers.fragmentId = 0;
  headers.fragmentOffset = 0;
  headers.moreFragments = false;
  headers.hasPorts = false;
  headers.sourcePort = 0;
  headers.destinationPort = 0;
  headers.tcpFlags = 0;
  headers.tcpSequence = 0;
  headers.tcpAcknowledgement = 0;
  headers.tcpWindow = 0;
  headers.tcpOptions = 0;
  headers.tcpWindowScale = -1;
  headers.tcpMss = 0;
  headers.icmpType = 0;
  headers.icmpCode = 0;
  headers.icmpId = 0;
  headers.icmpSequence = 0;
  headers.quoted.present = false;
  headers.spi = 0;
  headers.espSequence = 0;
  headers.dnsId = -1;
}

function resetTunnel(headers: Headers): void {
  headers.tunnelDepth = 0;
  headers.tunnelKind = 0;
  headers.tunnelId = -1;
  headers.tunnelAddressKind = NO_ADDRESS;
  headers.tunnelSource0 = 0;
  headers.tunnelSource1 = 0;
  headers.tunnelSource2 = 0;
  headers.tunnelSource3 = 0;
  headers.tunnelDestination0 = 0;
  headers.tunnelDestination1 = 0;
  headers.tunnelDestination2 = 0;
  headers.tunnelDestination3 = 0;
}
