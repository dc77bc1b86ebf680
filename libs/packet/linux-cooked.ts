import { ENCAPSULATION, type Headers } from './headers.ts';
import { NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';

const V1_BYTES = 16;
const V2_BYTES = 20;
const MAC_BYTES = 6;
const ETHER_TYPE_MIN = 0x600;
/** Linux device types (`if_arp.h`) whose protocol field is no EtherType. */
const DEVICE_NETLINK = 824;

/** Linux "cooked" capture, LINKTYPE_LINUX_SLL: the packets of all devices, with the sender's address only. */
export function decodeLinuxCooked(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + V1_BYTES > end) return stop(headers, PROBLEM.cookedTruncated);
  if (view.getUint16(offset + 4) === MAC_BYTES) setSource(view, offset + 6, headers);
  take(view.getUint16(offset + 2), view.getUint16(offset + 14), headers);
  return offset + V1_BYTES;
}

/** LINKTYPE_LINUX_SLL2. */
export function decodeLinuxCooked2(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + V2_BYTES > end) return stop(headers, PROBLEM.cookedTruncated);
  if (view.getUint8(offset + 11) === MAC_BYTES) setSource(view, offset + 12, headers);
  take(view.getUint16(offset + 8), view.getUint16(offset), headers);
  return offset + V2_BYTES;
}

function setSource(view: DataView, offset: number, headers: Headers): void {
  headers.hasMacs = true;
  headers.sourceMacHigh = view.getUint16(offset);
  headers.sourceMacLow = view.getInt32(offset + 2);
  headers.destinationMacHigh = 0;
  headers.destinationMacLow = 0;
}

function take(deviceType: number, protocol: number, headers: Headers): void {
  headers.encapsulations |= ENCAPSULATION.linuxCooked;
  if (deviceType === DEVICE_NETLINK) return;
  if (protocol >= ETHER_TYPE_MIN) headers.etherType = protocol;
  headers.next = NEXT.etherType | protocol;
}
