/**
 * Names of IP protocol numbers from 0 on, as Argus prints them; where its list stops short of the IANA registry or is
 * wrong (ah, fc, rsvp-e2e and what follows) the registry's keyword stands.
 */
const NAMES = (
  'ip icmp igmp ggp ipnip st2 tcp cbt egp igp bbn-rcc nvp pup argus emcon xnet chaos udp mux dcn hmp prm xns-idp ' +
  'trunk-1 trunk-2 leaf-1 leaf-2 rdp irtp iso-tp4 netblt mfe-nsp merit-inp dccp 3pc idpr xtp ddp idpr-cmtp tp++ il ipv6 ' +
  'sdrp ipv6-route ipv6-frag idrp rsvp gre mhrp bna esp ah i-nlsp swipe narp mobile tlsp skip ipv6-icmp ipv6-no ' +
  'ipv6-opts any cftp any sat-expak kryptolan rvd ippc any sat-mon visa ipcv cpnx cphb wsn pvp br-sat-mon sun-nd wb-mon ' +
  'wb-expak iso-ip vmtp secure-vmtp vines ttp nsfnet-igp dgp tcf eigrp ospf sprite-rpc larp mtp ax.25 ipip micp ' +
  'aes-sp3-d etherip encap pri-enc gmtp ifmp pnni pim aris scps qnx a/n ipcomp snp compaq-peer ipx-n-ip vrrp pgm zero ' +
  'l2tp ddx iatp stp srp uti smp sm ptp isis fire crtp crudp sccopmce iplt sps pipe sctp fc rsvp-e2e mobility udplite ' +
  'mpls-ip manet hip shim6 wesp rohc ethernet aggfrag nsh'
).split(' ');

/** Other words for the same, which are understood but not printed; keywords of the IANA registry among them. */
const ALIASES: Readonly<Record<string, number>> = {
  ipencap: 4,
  ipv4: 4,
  st: 5,
  sep: 33,
  'idpr-c': 38,
  ip6: 41,
  route6: 43,
  frag6: 44,
  dsr: 48,
  icmp6: 58,
  icmpv6: 58,
  nonxt: 59,
  opts: 60,
  etherip: 97,
  carp: 112,
  'mobility-header': 135,
  'udp-lite': 136,
  'mpls-in-ip': 137,
};

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ...Object.entries(ALIASES),
  ...NAMES.map((name, number) => [name, number] as const).filter(([name]) => name !== 'any'),
]);

/** What Argus prints for a number that nobody has. */
const UNASSIGNED = 'unas';

/** @param number 0–255 */
export function protocolName(number: number): string {
  return NAMES[number] ?? UNASSIGNED;
}

/** @param name in lower case */
export function protocolNumber(name: string): number | undefined {
  return NUMBERS.get(name);
}

/** Every name that `protocolNumber` knows. */
export function protocolNames(): string[] {
  return [...NUMBERS.keys()];
}
