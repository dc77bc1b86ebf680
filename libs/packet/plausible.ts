import { FIRST_FRAGMENT, type Headers } from './headers.ts';
import { ETHER_TYPE } from './numbers.ts';

/**
 * Whether bytes that may be a packet look like one: for tunnels that are announced by no more than a port, and for those
 * that do not say what they carry. Such a packet must be captured with its whole fixed header, and must fit.
 */

const IPV4_BYTES = 20;
const IPV6_BYTES = 40;
const ETHERNET_BYTES = 14;
const LENGTH_MAX = 1500;

/** Room for a packet at `offset`: up to the end of the frame, or unknown when only a first fragment is there. */
function roomAt(offset: number, headers: Headers): number {
  return headers.fragment === FIRST_FRAGMENT ? 0xffff : headers.wireEnd - offset;
}

export function looksLikeIpv4(view: DataView, offset: number, end: number, headers: Headers): boolean {
  if (offset + IPV4_BYTES > end) return false;
  const versionAndLength = view.getUint8(offset);
  const headerBytes = (versionAndLength & 15) * 4;
  const totalBytes = view.getUint16(offset + 2);
  return (
    versionAndLength >> 4 === 4 &&
    headerBytes >= IPV4_BYTES &&
    totalBytes >= headerBytes &&
    totalBytes <= roomAt(offset, headers)
  );
}

export function looksLikeIpv6(view: DataView, offset: number, end: number, headers: Headers): boolean {
  if (offset + IPV6_BYTES > end) return false;
  return view.getUint8(offset) >> 4 === 6 && IPV6_BYTES + view.getUint16(offset + 4) <= roomAt(offset, headers);
}

export function looksLikeIp(view: DataView, offset: number, end: number, headers: Headers): boolean {
  return looksLikeIpv4(view, offset, end, headers) || looksLikeIpv6(view, offset, end, headers);
}

/** A frame of one of the protocols that are bridged through tunnels, tagged or not. */
export function looksLikeEthernet(view: DataView, offset: number, end: number, headers: Headers): boolean {
  if (offset + ETHERNET_BYTES > end) return false;
  let at = offset + ETHERNET_BYTES;
  let type = view.getUint16(at - 2);
  for (let tags = 0; tags < 2 && isTag(type) && at + 4 <= end; tags++) {
    at += 4;
    type = view.getUint16(at - 2);
  }
  switch (type) {
    case ETHER_TYPE.ipv4:
      return looksLikeIpv4(view, at, end, headers);
    case ETHER_TYPE.ipv6:
      return looksLikeIpv6(view, at, end, headers);
    case ETHER_TYPE.arp:
      return at + 8 <= end && view.getUint32(at) === 0x0001_0800 && view.getUint16(at + 4) === 0x0604;
    case ETHER_TYPE.mpls:
    case ETHER_TYPE.pppoeDiscovery:
    case ETHER_TYPE.pppoeSession:
    case ETHER_TYPE.eapol:
    case ETHER_TYPE.lldp:
    case ETHER_TYPE.loopback:
      return true;
    default:
      // An LLC frame fills its length, but for padding up to the least size of a frame.
      return (
        type >= 3 && type <= LENGTH_MAX && type <= roomAt(at, headers) && roomAt(at, headers) <= Math.max(type, 46) + 4
      );
  }
}

function isTag(type: number): boolean {
  return type === ETHER_TYPE.vlan || type === ETHER_TYPE.providerVlan;
}
