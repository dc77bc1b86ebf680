import { IPV4_ADDRESS, IPV6_ADDRESS, MAC_ADDRESS, TCP_FLAG, TCP_OPTION } from '../packet/headers.ts';
import { FLOW_BATCH, MANAGEMENT_BATCH } from '../record/batch.ts';
import { CAUSE, EVENT, TCP_STATE } from '../record/fields/field.ts';
import { join, type Lanes, type Node } from './ast.ts';
import { bits, equals, nothing } from './words.ts';

/** Tests that a word is of each side, and what it is when no side is said; undefined stands for either side. */
export interface SidedWord {
  readonly src: Node;
  readonly dst: Node;
  readonly any?: Node;
}

const RESET = TCP_STATE.sourceReset | TCP_STATE.destinationReset;
const ICMP_EVENTS = EVENT.icmpUnreachable | EVENT.icmpRedirect | EVENT.icmpTimeExceeded | EVENT.icmpOther;

const state = (mask: number): Node => bits('tcpstate', mask);
const option = (mask: number): Node => bits('tcpoptions', mask);
const either = (left: Node, right: Node): Node => join('or', left, right);
const positive = (field: string): Node => ({ kind: 'range', field, low: 1, high: Infinity, inside: true });

/** TCP flags of the packets of this record. */
const flags = (mask: number): SidedWord => ({ src: bits('sflags', mask), dst: bits('dflags', mask) });
const events = (src: number, dst: number): SidedWord => ({ src: bits('events', src), dst: bits('events', dst) });

/** ICMP messages of one of some types (RFC 792), or ICMPv6 (RFC 4443). */
function icmp(types: readonly number[], types6: readonly number[]): Node {
  const one = (protocol: number, wanted: readonly number[]): Node =>
    join('and', equals('ipproto', protocol), wanted.map((type) => equals('icmptype', type)).reduce(either));
  return either(one(1, types), one(58, types6));
}

const igmp = (...types: readonly number[]): Node =>
  join('and', equals('ipproto', 2), types.map((type) => equals('icmptype', type)).reduce(either));

const ISIS = 'the PDUs of IS-IS are not decoded';
const FULL = 0xffff_ffff;

function address(field: string, family: number, lanes: Lanes, masks: Lanes): Node {
  return { kind: 'address', field, family, lanes, masks };
}

/** Groups of IPv4 (RFC 5771) and IPv6 (RFC 4291 §2.7). */
const ipGroup = (field: string): Node =>
  either(
    address(field, IPV4_ADDRESS, [0, 0, 0, 0xe000_0000], [0, 0, 0, 0xf000_0000]),
    address(field, IPV6_ADDRESS, [0xff00_0000, 0, 0, 0], [0xff00_0000, 0, 0, 0]),
  );
const ip4Broadcast = (field: string): Node => address(field, IPV4_ADDRESS, [0, 0, 0, FULL], [0, 0, 0, FULL]);
const macGroup = (field: string): Node => address(field, MAC_ADDRESS, [0, 0, 0x0100, 0], [0, 0, 0x0100, 0]);
const macBroadcast = (field: string): Node => address(field, MAC_ADDRESS, [0, 0, 0xffff, FULL], [0, 0, 0xffff, FULL]);

const ofBoth = (test: (side: 's' | 'd') => Node): SidedWord => ({ src: test('s'), dst: test('d') });

/** Words for groups of addresses; which addresses are meant depends on the protocol before them. */
export const GROUP_WORDS: Readonly<Record<'ether' | 'ip' | 'any', Readonly<Record<string, SidedWord>>>> = {
  ether: {
    multicast: ofBoth((side) => either(macGroup(`${side}mac`), macGroup(`${side}addr`))),
    broadcast: ofBoth((side) => either(macBroadcast(`${side}mac`), macBroadcast(`${side}addr`))),
  },
  ip: {
    multicast: ofBoth((side) => ipGroup(`${side}addr`)),
    broadcast: ofBoth((side) => ip4Broadcast(`${side}addr`)),
  },
  any: {
    multicast: ofBoth((side) => either(ipGroup(`${side}addr`), macGroup(`${side}addr`))),
    broadcast: ofBoth((side) =>
      [ip4Broadcast(`${side}addr`), macBroadcast(`${side}mac`), macBroadcast(`${side}addr`)].reduce(either),
    ),
  },
};

/** Words that are a whole test, and may have a direction before them. */
export const SIDED_WORDS: Readonly<Record<string, SidedWord>> = {
  ...GROUP_WORDS.any,
  syn: { ...flags(TCP_FLAG.syn), any: state(TCP_STATE.syn) },
  fin: { ...flags(TCP_FLAG.fin), any: state(TCP_STATE.fin) },
  rst: { src: state(TCP_STATE.sourceReset), dst: state(TCP_STATE.destinationReset), any: state(RESET) },
  reset: { src: state(TCP_STATE.sourceReset), dst: state(TCP_STATE.destinationReset), any: state(RESET) },
  ack: flags(TCP_FLAG.ack),
  push: flags(TCP_FLAG.psh),
  urg: flags(TCP_FLAG.urg),
  ece: flags(TCP_FLAG.ece),
  cwr: flags(TCP_FLAG.cwr),
  ecn: events(EVENT.sourceEcn, EVENT.destinationEcn),
  retrans: { src: positive('sretrans'), dst: positive('dretrans') },
  drop: { src: positive('sretrans'), dst: positive('dretrans') },
  dup: { src: positive('sretrans'), dst: positive('dretrans') },
  outoforder: events(EVENT.sourceOutOfOrder, EVENT.destinationOutOfOrder),
  ooo: events(EVENT.sourceOutOfOrder, EVENT.destinationOutOfOrder),
  winshut: events(EVENT.sourceZeroWindow, EVENT.destinationZeroWindow),
};

/** Words that are a whole test. */
export const PLAIN_WORDS: Readonly<Record<string, Node>> = {
  man: { kind: 'record', type: MANAGEMENT_BATCH },
  mar: { kind: 'record', type: MANAGEMENT_BATCH },
  far: { kind: 'record', type: FLOW_BATCH },
  event: nothing('there are no event records'),
  index: nothing('there are no index records'),
  anon: nothing('anonymised records are not marked'),

  start: equals('cause', CAUSE.start),
  status: equals('cause', CAUSE.status),
  stop: equals('cause', CAUSE.stop),
  close: equals('cause', CAUSE.close),
  timeout: equals('cause', CAUSE.timeout),
  shut: equals('cause', CAUSE.shutdown),
  error: equals('cause', CAUSE.error),

  synack: state(TCP_STATE.synAck),
  est: state(TCP_STATE.established),
  con: state(TCP_STATE.established),
  finack: state(TCP_STATE.finAck),
  /** Records of Argus do not say that both FINs were acknowledged, but that each side sent one. */
  normal: either(state(TCP_STATE.closed), join('and', state(TCP_STATE.fin), state(TCP_STATE.finAck))),
  wait: join('and', state(TCP_STATE.fin), { kind: 'not', term: state(TCP_STATE.finAck | TCP_STATE.closed | RESET) }),

  tcpopt: option(0xffff_ffff),
  mss: option(TCP_OPTION.mss),
  wscale: option(TCP_OPTION.windowScale),
  selackok: option(TCP_OPTION.sackPermitted),
  selack: option(TCP_OPTION.sack),
  tcpecho: option(TCP_OPTION.echo),
  tcpechoreply: option(TCP_OPTION.echoReply),
  tcptimestamp: option(TCP_OPTION.timestamp),
  tcpcc: option(TCP_OPTION.cc),
  tcpccnew: option(TCP_OPTION.ccNew),
  tcpccecho: option(TCP_OPTION.ccEcho),
  secn: bits('events', EVENT.sourceEcn),
  decn: bits('events', EVENT.destinationEcn),

  echo: icmp([8, 0], [128, 129]),
  unreach: either(icmp([3], [1]), bits('events', EVENT.icmpUnreachable)),
  redirect: either(icmp([5], [137]), bits('events', EVENT.icmpRedirect)),
  timexed: either(icmp([11], [3]), bits('events', EVENT.icmpTimeExceeded)),
  icmpmap: bits('events', ICMP_EVENTS),

  rtr: igmp(0x11),
  mbr: igmp(0x12, 0x16, 0x22),
  lvg: igmp(0x17),
  hello: nothing(ISIS),
  lsp: nothing(ISIS),
  csnp: nothing(ISIS),
  psnp: nothing(ISIS),

  frag: bits('events', EVENT.fragments | EVENT.laterFragmentsOnly),
  fragonly: bits('events', EVENT.laterFragmentsOnly),
  multipath: bits('events', EVENT.severalMacPairs),
};

/** Words of the original that cannot be answered, and what to write instead. */
export const REFUSED_WORDS: Readonly<Record<string, string>> = {
  inbound: "Which networks are local is not known: write 'dst net 10.0.0.0/8' with your own.",
  outbound: "Which networks are local is not known: write 'src net 10.0.0.0/8' with your own.",
  gateway: "Write 'ether host 02:00:00:00:00:01 and not host 192.0.2.1' with the gateway's addresses.",
  len: "Write 'bytes', 'smaxsz' or another field.",
};

/** The test that a sided word stands for. */
export function sidedTest({ src, dst, any }: SidedWord, direction: 'src' | 'dst' | 'any' | 'both' | undefined): Node {
  if (direction === 'src') return src;
  if (direction === 'dst') return dst;
  if (direction === 'both') return join('and', src, dst);
  return direction === undefined ? (any ?? either(src, dst)) : either(src, dst);
}
