import type { Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';
import { enterTunnel, TUNNEL } from './tunnel.ts';

const HEADER_BYTES = 4;
const REGISTER_BYTES = 8;
const VERSION_2_REGISTER = 0x21;
const NULL_REGISTER = 0x40;

/** PIM (RFC 7761 §4.9); a register message that is not empty carries a multicast packet to the rendezvous point (§4.9.3). */
export function decodePim(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES > end) return stop(headers, PROBLEM.pimTruncated);
  const isRegister = view.getUint8(offset) === VERSION_2_REGISTER;
  if (!isRegister || offset + REGISTER_BYTES > end) return offset + HEADER_BYTES;
  if ((view.getUint8(offset + 4) & NULL_REGISTER) !== 0) return offset + REGISTER_BYTES;
  enterTunnel(headers, TUNNEL.pim, -1, NEXT.linkType | LINK.rawIp);
  return offset + REGISTER_BYTES;
}
