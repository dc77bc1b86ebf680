import { parsePrefix, type Prefix } from '../../libs/address/prefix.ts';
import { IPV4_ADDRESS } from '../../libs/packet/headers.ts';

/** What kinds of IPv4 addresses are called, and their networks, smaller ones before those that they lie in (IANA's registries of special and multicast addresses). */
const IPV4: readonly (readonly [name: string, networks: string])[] = [
  ['IPv4 Unicast This Network', '0.0.0.0/8'],
  ['IPv4 Unicast Private', '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16'],
  ['IPv4 Unicast LoopBack', '127.0.0.0/8'],
  ['IPv4 Unicast LinkLocal', '169.254.0.0/16'],
  ['IPv4 Unicast TestNet', '192.0.2.0/24 198.51.100.0/24 203.0.113.0/24'],
  ['IPv4 Unicast Reserved', '100.64.0.0/10 192.0.0.0/24 198.18.0.0/15 240.0.0.0/4'],
  ['IPv4 Multicast Local', '224.0.0.0/24'],
  ['IPv4 Multicast Internet', '224.0.1.0/24'],
  ['IPv4 Multicast AdHoc', '224.0.0.0/16 224.3.0.0/16 224.4.0.0/16 233.252.0.0/14'],
  ['IPv4 Multicast SdpSap', '224.2.0.0/16'],
  ['IPv4 Multicast Src Spec', '232.0.0.0/8'],
  ['IPv4 Multicast GLOP Blk', '233.0.0.0/8'],
  ['IPv4 Multicast OrgLocal', '239.192.0.0/14'],
  ['IPv4 Multicast SiteLocal', '239.255.0.0/16'],
  ['IPv4 Multicast Admin', '239.0.0.0/8'],
  ['IPv4 Multicast Reserved', '224.0.0.0/4'],
  ['IPv4 Unicast', '0.0.0.0/0'],
];

/** As `IPV4` (RFC 4291 §2.4, RFC 4193, RFC 7346). */
const IPV6: readonly (readonly [name: string, networks: string])[] = [
  ['IPv6 Unspecified', '::/128'],
  ['IPv6 Loopback', '::1/128'],
  ['IPv6 V4Mapped', '::ffff:0:0/96'],
  ['IPv6 V4Compat', '::/96'],
  ['IPv6 LinkLocal', 'fe80::/10'],
  ['IPv6 SiteLocal', 'fec0::/10'],
  ['IPv6 UniqueLocal', 'fc00::/7'],
  ['IPv6 Documentation', '2001:db8::/32 3fff::/20'],
  ['IPv6 Global', '2000::/3'],
  ['IPv6 Multicast Node Local', scoped(1)],
  ['IPv6 Multicast Link Local', scoped(2)],
  ['IPv6 Multicast Site Local', scoped(5)],
  ['IPv6 Multicast Org Local', scoped(8)],
  ['IPv6 Multicast Global', scoped(14)],
  ['IPv6 Multicast Reserved', 'ff00::/8'],
  ['IPv6 Reserved', '::/0'],
];

/** The multicast networks of a scope, whatever the flags. */
function scoped(scope: number): string {
  return Array.from({ length: 16 }, (_, flags) => `ff${flags.toString(16)}${scope.toString(16)}::/16`).join(' ');
}

/** In the order in which they are reported: the plain ones of IPv4 first, as Argus has it. */
const REPORTED = ['IPv4 Unicast', ...[...IPV4, ...IPV6].map(([name]) => name)];
export const CLASS_NAMES: readonly string[] = [...new Set(REPORTED)];

const networksOf = (classes: typeof IPV4): readonly (readonly [place: number, prefix: Prefix])[] =>
  classes.flatMap(([name, networks]) =>
    networks.split(' ').map((text) => {
      const prefix = parsePrefix(text);
      if (prefix === undefined) throw new TypeError(`no network: ${text}`);
      return [CLASS_NAMES.indexOf(name), prefix] as const;
    }),
  );

const IPV4_NETWORKS = networksOf(IPV4);
const IPV6_NETWORKS = networksOf(IPV6);

/** The place in `CLASS_NAMES` of an address of IPv4 or IPv6. */
export function classOf(family: number, lane0: number, lane1: number, lane2: number, lane3: number): number {
  const networks = family === IPV4_ADDRESS ? IPV4_NETWORKS : IPV6_NETWORKS;
  for (const [place, { lanes, masks }] of networks) {
    const differs = ((lane0 ^ lanes[0]) & masks[0]) | ((lane1 ^ lanes[1]) & masks[1]) | ((lane2 ^ lanes[2]) & masks[2]);
    if ((differs | ((lane3 ^ lanes[3]) & masks[3])) === 0) return place;
  }
  return -1;
}
