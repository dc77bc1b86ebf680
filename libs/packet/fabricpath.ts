import type { Headers } from './headers.ts';
import { LINK, NEXT } from './numbers.ts';
import { PROBLEM, stop } from './problems.ts';
import { enterTunnel, TUNNEL } from './tunnel.ts';

const TAG_BYTES = 2;

/** Cisco FabricPath: switch addresses in the place of MACs, a tag of tree number and hop count, then the whole frame. */
export function decodeFabricPath(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + TAG_BYTES > end) return stop(headers, PROBLEM.fabricPathTruncated);
  enterTunnel(headers, TUNNEL.fabricpath, view.getUint16(offset) >> 6, NEXT.linkType | LINK.ethernet);
  return offset + TAG_BYTES;
}
