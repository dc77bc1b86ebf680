import { TCP_FLAG } from '../../packet/headers.ts';
import { CAUSE, SCTP_STATE, TCP_STATE } from './field.ts';
import { IP_PROTOCOL } from './protocol.ts';

type Known = number | undefined;

/** ICMP types (IANA registry) as Argus abbreviates them; unreachable is told by its code. */
const ICMP: ReadonlyMap<number, string> = new Map([
  [0, 'ECR'],
  [4, 'SRC'],
  [5, 'RED'],
  [6, 'AHA'],
  [8, 'ECO'],
  [9, 'RTA'],
  [10, 'RTS'],
  [11, 'TXD'],
  [12, 'PAR'],
  [13, 'TST'],
  [14, 'TSR'],
  [15, 'IRQ'],
  [16, 'IRR'],
  [17, 'MAS'],
  [18, 'MSR'],
  [19, 'SEC'],
  ...Array.from({ length: 10 }, (_, i): [number, string] => [20 + i, 'ROB']),
  [30, 'TRC'],
  [31, 'DCE'],
  [32, 'MHR'],
  [33, 'WAY'],
  [34, 'IAH'],
  [35, 'MRQ'],
  [36, 'MRP'],
  [37, 'DNQ'],
  [38, 'DNP'],
  [39, 'SKP'],
  [40, 'PHO'],
]);

const ICMP_UNREACHABLE = 3;
const UNREACHABLE_CODES = 'N H O P F S NU HU ISO NPRO HPRO NTOS HTOS FIL PRE CUT'.split(' ');

const ICMP6: ReadonlyMap<number, string> = new Map([
  [2, 'PTB'],
  [128, 'ECO'],
  [129, 'ECR'],
  [130, 'MRQ'],
  [131, 'MHR'],
  [132, 'MHD'],
  [133, 'NRS'],
  [134, 'NRA'],
  [135, 'NNS'],
  [136, 'NNA'],
  [137, 'RED'],
  [143, 'MHR'],
]);

/** ICMPv6 types whose code says which error it is. */
const ICMP6_CODES: Readonly<Record<number, readonly string[]>> = {
  1: ['URNR', 'URAD', 'URBS', 'URAR', 'URP', 'URSF', 'URRR', 'URES'],
  3: ['TXT', 'TXR'],
  4: ['PPH', 'PPNH', 'PPO'],
};

const UNKNOWN = 'UNK';

/** Every text that `stateText` gives. */
export const STATE_WORDS: readonly string[] = [
  ...new Set([
    ...'REQ ACC CON FIN CLO RST TIM INT RSP UR'.split(' '),
    ...ICMP.values(),
    ...UNREACHABLE_CODES.map((code) => `UR${code}`),
    ...ICMP6.values(),
    ...Object.values(ICMP6_CODES).flat(),
    UNKNOWN,
  ]),
];

function icmpState(type: number, code: number): string {
  if (type === ICMP_UNREACHABLE) return `UR${UNREACHABLE_CODES[code] ?? ''}`;
  return ICMP.get(type) ?? UNKNOWN;
}

function icmp6State(type: number, code: number): string {
  return (type in ICMP6_CODES ? ICMP6_CODES[type]![code] : ICMP6.get(type)) ?? UNKNOWN;
}

function tcpState(state: number, cause: Known): string {
  if ((state & (TCP_STATE.sourceReset | TCP_STATE.destinationReset)) !== 0) return 'RST';
  if ((state & (TCP_STATE.fin | TCP_STATE.finAck)) !== 0) return 'FIN';
  if ((state & TCP_STATE.closed) !== 0) return 'CLO';
  if (cause === CAUSE.timeout) return 'TIM';
  if ((state & TCP_STATE.established) !== 0) return 'CON';
  if ((state & TCP_STATE.synAck) !== 0) return 'ACC';
  return (state & TCP_STATE.syn) === 0 ? 'CON' : 'REQ';
}

function sctpState(state: number, cause: Known): string {
  if ((state & (SCTP_STATE.sourceAbort | SCTP_STATE.destinationAbort)) !== 0) return 'RST';
  if ((state & SCTP_STATE.closed) !== 0) return 'CLO';
  if ((state & (SCTP_STATE.shutdown | SCTP_STATE.shutdownAck)) !== 0) return 'FIN';
  if (cause === CAUSE.timeout) return 'TIM';
  if ((state & SCTP_STATE.established) !== 0) return 'CON';
  if ((state & SCTP_STATE.initAck) !== 0) return 'ACC';
  return (state & SCTP_STATE.init) === 0 ? 'CON' : 'REQ';
}

/**
 * How the flow stands: of TCP and SCTP the furthest state, of ICMP type and code, else `CON` when both sides spoke in the record,
 * `RSP` only the responder, and only the initiator `INT`, which goes on as `REQ`.
 */
export function stateText(
  spkts: number,
  dpkts: number,
  cause: Known,
  ipproto: Known,
  tcpstate: Known,
  icmptype: Known,
  icmpcode: Known,
  sctpstate?: Known,
): string {
  if (ipproto === IP_PROTOCOL.tcp && tcpstate !== undefined) return tcpState(tcpstate, cause);
  if (ipproto === IP_PROTOCOL.sctp && sctpstate !== undefined) return sctpState(sctpstate, cause);
  if (icmptype !== undefined) {
    if (ipproto === IP_PROTOCOL.icmp) return icmpState(icmptype, icmpcode ?? 0);
    if (ipproto === IP_PROTOCOL.icmp6) return icmp6State(icmptype, icmpcode ?? 0);
  }
  if (dpkts > 0) return spkts > 0 ? 'CON' : 'RSP';
  return cause === CAUSE.status || cause === CAUSE.timeout ? 'REQ' : 'INT';
}

const STATE_LETTERS: readonly (readonly [bits: number, letter: string])[] = [
  [TCP_STATE.syn, 's'],
  [TCP_STATE.synAck, 'S'],
  [TCP_STATE.established, 'E'],
  [TCP_STATE.fin, 'f'],
  [TCP_STATE.finAck, 'F'],
  [TCP_STATE.sourceReset | TCP_STATE.destinationReset, 'R'],
];

/** TCP states that were seen, a letter each; `C` closed stands where one FIN was missed. */
export function stateLetters(tcpstate: number): string {
  let letters = '';
  for (const [bits, letter] of STATE_LETTERS) if ((tcpstate & bits) !== 0) letters += letter;
  return (tcpstate & (TCP_STATE.closed | TCP_STATE.finAck)) === TCP_STATE.closed ? `${letters}C` : letters;
}

const FLAG_LETTERS: readonly (readonly [bit: number, letter: string])[] = [
  [TCP_FLAG.fin, 'F'],
  [TCP_FLAG.syn, 'S'],
  [TCP_FLAG.rst, 'R'],
  [TCP_FLAG.psh, 'P'],
  [TCP_FLAG.ack, 'A'],
  [TCP_FLAG.urg, 'U'],
  [TCP_FLAG.ece, '7'],
  [TCP_FLAG.cwr, '8'],
];

/** Of each set of flags that was asked for. */
const FLAG_TEXTS: string[] = [];

/** @param flags TCP flags that were seen, 0–255 */
export function flagLetters(flags: number): string {
  return (FLAG_TEXTS[flags & 255] ??= FLAG_LETTERS.map(([bit, letter]) => ((flags & bit) === 0 ? '' : letter)).join(
    '',
  ));
}
