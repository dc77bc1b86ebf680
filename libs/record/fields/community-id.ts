import type * as Crypto from 'node:crypto';
import { IPV4_ADDRESS, IPV6_ADDRESS } from '../../packet/headers.ts';
import type { Address } from './field.ts';
import { IP_PROTOCOL } from './protocol.ts';

type Known = number | undefined;

/** Types that ask and answer each other (Community ID specification v1); all others go one way. */
const ICMP_PAIRS: ReadonlyMap<number, number> = both([[8, 0], [13, 14], [15, 16], [17, 18], [10, 9]]); // prettier-ignore
const ICMP6_PAIRS: ReadonlyMap<number, number> = both([[128, 129], [133, 134], [135, 136], [130, 131], [139, 140], [144, 145]]); // prettier-ignore

function both(pairs: readonly (readonly [number, number])[]): Map<number, number> {
  return new Map(pairs.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]));
}

/** Loaded when the first Community ID is asked for: it takes longer to load than all of the printing. */
let crypto: typeof Crypto | undefined;

function sha1(bytes: Uint8Array): string {
  crypto ??= process.getBuiltinModule('node:crypto');
  return crypto.createHash('sha1').update(bytes).digest('base64');
}

/** Seed (two bytes), two addresses of 16 bytes, protocol, padding, two ports. */
const input = new DataView(new ArrayBuffer(2 + 16 + 16 + 2 + 4));
const inputBytes = new Uint8Array(input.buffer);

function putAddress(at: number, { family, lanes }: Address): number {
  if (family === IPV4_ADDRESS) {
    input.setUint32(at, lanes[3]);
    return at + 4;
  }
  for (const k of [0, 1, 2, 3] as const) input.setUint32(at + 4 * k, lanes[k]);
  return at + 16;
}

function compareAddresses(a: Address, b: Address): number {
  for (const k of [0, 1, 2, 3] as const) if (a.lanes[k] !== b.lanes[k]) return a.lanes[k] - b.lanes[k];
  return 0;
}

interface Ports {
  readonly source: number;
  readonly destination: number;
  readonly oneWay: boolean;
}

/**
 * Community ID version 1, seed 0: names the flow as other tools do, whichever end is taken as source.
 * @param spkts of a flow of which only the answer was seen, `icmptype` is that answer's
 * @returns undefined when the flow is not IP
 */
export function communityId(
  saddr: Address,
  daddr: Address,
  ipproto: number,
  sport: Known,
  dport: Known,
  icmptype: Known,
  icmpcode: Known,
  spkts: Known,
): string | undefined {
  if (saddr.family !== daddr.family || (saddr.family !== IPV4_ADDRESS && saddr.family !== IPV6_ADDRESS))
    return undefined;
  const ports = portsOf(ipproto, sport, dport, icmptype, icmpcode, spkts === 0);
  const order = compareAddresses(saddr, daddr);
  const forward =
    ports?.oneWay === true || order < 0 || (order === 0 && (ports === undefined || ports.source <= ports.destination));
  let end = putAddress(2, forward ? saddr : daddr);
  end = putAddress(end, forward ? daddr : saddr);
  input.setUint8(end, ipproto);
  input.setUint8(end + 1, 0);
  end += 2;
  if (ports !== undefined) {
    input.setUint16(end, forward ? ports.source : ports.destination);
    input.setUint16(end + 2, forward ? ports.destination : ports.source);
    end += 4;
  }
  return `1:${sha1(inputBytes.subarray(0, end))}`;
}

function portsOf(
  ipproto: number,
  sport: Known,
  dport: Known,
  icmptype: Known,
  icmpcode: Known,
  answered: boolean,
): Ports | undefined {
  if (ipproto === IP_PROTOCOL.icmp || ipproto === IP_PROTOCOL.icmp6) {
    if (icmptype === undefined) return undefined;
    const pair = (ipproto === IP_PROTOCOL.icmp ? ICMP_PAIRS : ICMP6_PAIRS).get(icmptype);
    if (pair === undefined) return { source: icmptype, destination: icmpcode ?? 0, oneWay: true };
    return answered
      ? { source: pair, destination: icmptype, oneWay: false }
      : { source: icmptype, destination: pair, oneWay: false };
  }
  const hasPorts = ipproto === IP_PROTOCOL.tcp || ipproto === IP_PROTOCOL.udp || ipproto === IP_PROTOCOL.sctp;
  if (!hasPorts || sport === undefined || dport === undefined) return undefined;
  return { source: sport, destination: dport, oneWay: false };
}
