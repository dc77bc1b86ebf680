import type { Headers } from './headers.ts';
import { decodeIpv4 } from './ipv4.ts';
import { decodeIpv6 } from './ipv6.ts';
import { PROBLEM, stop } from './problems.ts';

/** An IP packet without anything before it that says which version: its first four bits do. */
export function decodeRawIp(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset >= end) return stop(headers, PROBLEM.ipTruncated);
  const version = view.getUint8(offset) >> 4;
  if (version === 4) return decodeIpv4(view, offset, end, headers);
  if (version === 6) return decodeIpv6(view, offset, end, headers);
  return stop(headers, PROBLEM.ipVersion);
}
