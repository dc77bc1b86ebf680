import type { Headers } from '../../libs/packet/headers.ts';

/**
 * Which of several flow tables a packet belongs to: all packets of a flow, its fragments, and the ICMP errors that quote
 * it go to the same one. By the unordered pair of addresses; of the quoted packet where there is one.
 * @returns 0 … shards − 1
 */
export function shardOf(h: Headers, shards: number): number {
  const pair = h.quoted.present ? h.quoted : h;
  let mixed = (pair.source3 ^ pair.destination3) + (pair.source0 ^ pair.destination0) * 31;
  mixed += (pair.source1 ^ pair.destination1) * 37 + (pair.source2 ^ pair.destination2) * 41;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b);
  return ((mixed ^ (mixed >>> 16)) >>> 0) % shards;
}
