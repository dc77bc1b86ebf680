import { IP_OPTION } from '../../packet/headers.ts';
import { encapsulationLetters } from './encapsulations.ts';
import { EVENT } from './field.ts';

type Known = number | undefined;

/** Letter of each IP option. */
const IP_OPTION_LETTERS: readonly (readonly [bit: number, letter: string])[] = [
  [IP_OPTION.strictSourceRoute, 'S'],
  [IP_OPTION.looseSourceRoute, 'L'],
  [IP_OPTION.timestamp, 'T'],
  [IP_OPTION.security, '+'],
  [IP_OPTION.recordRoute, 'R'],
  [IP_OPTION.routerAlert, 'A'],
  [IP_OPTION.satnet, 'D'],
  [IP_OPTION.unknown, 'U'],
];

/** One place for what either side or both may do. */
function side(source: boolean, destination: boolean, both: string, one: string, other: string): string {
  return source ? (destination ? both : one) : destination ? other : ' ';
}

function encapsulation(events: number, bits: number): string {
  if ((events & EVENT.severalMacPairs) !== 0) return 'M';
  const letters = encapsulationLetters(bits);
  return letters.length > 1 ? '*' : letters || ' ';
}

function icmp(events: number): string {
  if ((events & EVENT.icmpUnreachable) !== 0) return 'U';
  if ((events & EVENT.icmpRedirect) !== 0) return 'R';
  if ((events & EVENT.icmpTimeExceeded) !== 0) return 'T';
  return (events & EVENT.icmpOther) === 0 ? ' ' : 'I';
}

/** The first that applies of loss, gap, reordering. */
function stream(events: number, sloss: Known, dloss: Known, sgap: Known, dgap: Known): string {
  const lost = side((sloss ?? 0) > 0, (dloss ?? 0) > 0, '*', 's', 'd');
  if (lost !== ' ') return lost;
  if ((sgap ?? 0) > 0 || (dgap ?? 0) > 0) return 'g';
  return side((events & EVENT.sourceOutOfOrder) !== 0, (events & EVENT.destinationOutOfOrder) !== 0, '&', 'i', 'r');
}

function fragments(events: number): string {
  if ((events & EVENT.fragmentOverlap) !== 0) return 'V';
  if ((events & EVENT.laterFragmentsOnly) !== 0) return 'f';
  return (events & EVENT.fragments) === 0 ? ' ' : 'F';
}

function options(bits: number): string {
  if (bits === 0) return ' ';
  let letter = ' ';
  for (const [bit, name] of IP_OPTION_LETTERS) {
    if ((bits & bit) === 0) continue;
    if (letter !== ' ') return 'O';
    letter = name;
  }
  return letter;
}

/**
 * Nine places, a letter or a blank each: 0 `T` times adjusted; 1 encapsulation, `*` several, `M` several MAC pairs;
 * 2 ICMP error; 3 loss, gap, reordering; 4 zero window; 5 ECN; 6 fragments; 7 IP options; 8 blank.
 */
export function flagsText(
  events: Known,
  sencaps: Known,
  dencaps: Known,
  sloss: Known,
  dloss: Known,
  sgap: Known,
  dgap: Known,
  ipoptions: Known,
): string {
  const e = events ?? 0;
  const time = (e & EVENT.timeAdjusted) === 0 ? ' ' : 'T';
  const link = encapsulation(e, (sencaps ?? 0) | (dencaps ?? 0));
  const window = side((e & EVENT.sourceZeroWindow) !== 0, (e & EVENT.destinationZeroWindow) !== 0, '@', 'S', 'D');
  const ecn = side((e & EVENT.sourceEcn) !== 0, (e & EVENT.destinationEcn) !== 0, 'E', 'x', 't');
  const loss = stream(e, sloss, dloss, sgap, dgap);
  return time + link + icmp(e) + loss + window + ecn + fragments(e) + options(ipoptions ?? 0) + ' ';
}
