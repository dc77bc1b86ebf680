import { ENCAPSULATION, IPV4_ADDRESS, TCP_OPTION, type Headers } from './headers.ts';
import { ETHER_TYPE } from './numbers.ts';
import { resetHeaders } from './reset.ts';
import { setStations } from './stations.ts';
import { TIMESTAMP_ALONE } from './tcp-options.ts';

const IP = 14;
const TCP = 34;
const TCP_BODY = 54;
const TIMESTAMPED_BODY = 66;
/** EtherType IPv4, version 4, header of five words. */
const IPV4_WITHOUT_OPTIONS = 0x080045;
const TCP_PROTOCOL = 6;
/** More fragments, and the fragment's offset. */
const FRAGMENT = 0x3fff;

/**
 * Decodes in one step what most packets are: Ethernet, IPv4 without options or fragments, TCP without options or with a
 * timestamp alone. It finds what the chain of layers would find. Between plain packets only what differs is written:
 * `headers.isPlain` says that all else still has its value for them.
 * @returns whether it was such a packet; otherwise `headers` is untouched
 */
export function decodePlainTcp(
  view: DataView,
  offset: number,
  end: number,
  wireBytes: number,
  headers: Headers,
): boolean {
  if (offset + TCP_BODY > end || view.getInt32(offset + 12) >>> 8 !== IPV4_WITHOUT_OPTIONS) return false;
  if (view.getUint8(offset + IP + 9) !== TCP_PROTOCOL || (view.getUint16(offset + IP + 6) & FRAGMENT) !== 0)
    return false;
  if ((view.getUint8(offset) & 1) !== 0) return false; // a group address: perhaps no Ethernet at all, but ISL
  const lengthAndFlags = view.getUint16(offset + TCP + 12);
  let body = offset + TCP_BODY;
  let options = 0;
  if (lengthAndFlags >> 12 !== 5) {
    body = offset + TIMESTAMPED_BODY;
    options = TCP_OPTION.timestamp;
    if (lengthAndFlags >> 12 !== 8 || body > end || view.getInt32(offset + TCP_BODY) !== TIMESTAMP_ALONE) return false;
  }
  const wireEnd = offset + IP + view.getUint16(offset + IP + 2);
  if (wireEnd < body || wireEnd > offset + wireBytes) return false;

  if (!headers.isPlain) becomePlain(headers);
  setStations(view, offset, offset + 6, headers);
  headers.tos = view.getUint8(offset + IP + 1);
  headers.ipId = view.getUint16(offset + IP + 4);
  headers.ttl = view.getUint8(offset + IP + 8);
  headers.source3 = view.getInt32(offset + IP + 12);
  headers.destination3 = view.getInt32(offset + IP + 16);
  headers.sourcePort = view.getUint16(offset + TCP);
  headers.destinationPort = view.getUint16(offset + TCP + 2);
  headers.tcpSequence = view.getInt32(offset + TCP + 4);
  headers.tcpAcknowledgement = view.getInt32(offset + TCP + 8);
  headers.tcpFlags = lengthAndFlags & 255;
  headers.tcpWindow = view.getUint16(offset + TCP + 14);
  headers.tcpOptions = options;
  headers.wireEnd = wireEnd;
  headers.payloadEnd = Math.min(end, wireEnd);
  headers.payloadOffset = body;
  headers.payloadBytes = wireEnd - body;
  return true;
}

function becomePlain(headers: Headers): void {
  resetHeaders(headers);
  headers.isPlain = true;
  headers.next = 0;
  headers.encapsulations = ENCAPSULATION.ethernet;
  headers.etherType = ETHER_TYPE.ipv4;
  headers.addressKind = IPV4_ADDRESS;
  headers.source0 = 0;
  headers.source1 = 0;
  headers.source2 = 0xffff;
  headers.destination0 = 0;
  headers.destination1 = 0;
  headers.destination2 = 0xffff;
  headers.protocol = TCP_PROTOCOL;
  headers.hasPorts = true;
}
