import { ENCAPSULATION, IPV6_ADDRESS, type Headers } from './headers.ts';
import { ETHER_TYPE, NEXT } from './numbers.ts';
import { enterTunnel, TUNNEL } from './tunnel.ts';

/** IPv4 in IPv4 (RFC 2003) or in IPv6 (RFC 2473). */
export function decodeIpv4InIp(_view: DataView, offset: number, _end: number, headers: Headers): number {
  const isOuter6 = headers.addressKind === IPV6_ADDRESS;
  headers.encapsulations |= ENCAPSULATION.ipTunnel;
  enterTunnel(headers, isOuter6 ? TUNNEL['4in6'] : TUNNEL.ipip, -1, NEXT.etherType | ETHER_TYPE.ipv4);
  return offset;
}

/** IPv6 in IPv4 (RFC 4213 §3) or in IPv6 (RFC 2473). */
export function decodeIpv6InIp(_view: DataView, offset: number, _end: number, headers: Headers): number {
  const isOuter6 = headers.addressKind === IPV6_ADDRESS;
  headers.encapsulations |= ENCAPSULATION.ipv6Tunnel;
  enterTunnel(headers, isOuter6 ? TUNNEL['6in6'] : TUNNEL['6in4'], -1, NEXT.etherType | ETHER_TYPE.ipv6);
  return offset;
}
