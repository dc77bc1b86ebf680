import { NO_ADDRESS, NOT_FRAGMENTED, type Headers } from './headers.ts';

/** Back to the state of a new `Headers`, but for what every packet sets and the quoted packet's fields. */
export function resetHeaders(headers: Headers): void {
  headers.problem = 0;
  headers.extensions = 0;
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
  if ((headers.tunnelKind | headers.tunnelsPending) !== 0) resetTunnel(headers);
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
  headers.fragmentBytes = 0;
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
  headers.sctpChunk = -1;
  headers.sctpChunks = 0;
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
  headers.tunnelsPending = 0;
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
