import { IPV4_ADDRESS, MAC_ADDRESS, type Headers } from './headers.ts';
import { ETHER_TYPE } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

const FIXED_BYTES = 8;
const IPV4_BYTES = 4;
const MAC_BYTES = 6;

/**
 * ARP and its relatives (RFC 826, RFC 903). The flow of an ARP packet lies between its protocol addresses, that of a RARP
 * packet between its hardware addresses.
 */
export function decodeArp(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + FIXED_BYTES > end) return stop(headers, PROBLEM.arpTruncated);
  const hardwareBytes = view.getUint8(offset + 4);
  const protocolBytes = view.getUint8(offset + 5);
  const sender = offset + FIXED_BYTES;
  const target = sender + hardwareBytes + protocolBytes;
  headers.arpOperation = view.getUint16(offset + 6);
  if (headers.etherType === ETHER_TYPE.rarp) {
    if (target + hardwareBytes > end) return stop(headers, PROBLEM.arpTruncated);
    if (hardwareBytes === MAC_BYTES) setMacs(view, sender, target, headers);
  } else {
    if (view.getUint16(offset + 2) !== ETHER_TYPE.ipv4 || protocolBytes !== IPV4_BYTES) {
      return stop(headers, PROBLEM.arpAddresses);
    }
    if (target + hardwareBytes + protocolBytes > end) return stop(headers, PROBLEM.arpTruncated);
    setProtocolAddresses(view, sender + hardwareBytes, target + hardwareBytes, headers);
  }
  return target + hardwareBytes + protocolBytes;
}

function setProtocolAddresses(view: DataView, sender: number, target: number, headers: Headers): void {
  headers.addressKind = IPV4_ADDRESS;
  headers.source0 = 0;
  headers.source1 = 0;
  headers.source2 = 0xffff;
  headers.source3 = view.getInt32(sender);
  headers.destination0 = 0;
  headers.destination1 = 0;
  headers.destination2 = 0xffff;
  headers.destination3 = view.getInt32(target);
}

function setMacs(view: DataView, sender: number, target: number, headers: Headers): void {
  headers.addressKind = MAC_ADDRESS;
  headers.source0 = 0;
  headers.source1 = 0;
  headers.source2 = view.getUint16(sender);
  headers.source3 = view.getInt32(sender + 2);
  headers.destination0 = 0;
  headers.destination1 = 0;
  headers.destination2 = view.getUint16(target);
  headers.destination3 = view.getInt32(target + 2);
}
