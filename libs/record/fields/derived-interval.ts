import type { DerivedField, Value } from './field.ts';

/** Milliseconds, held as nanoseconds. */
const interval = (
  number: number,
  heading: string,
  from: readonly string[],
  compute: (...values: never[]) => Value,
  about: string,
) =>
  ({
    number,
    kind: 'number',
    heading,
    width: 12,
    format: 'milliseconds',
    unit: 'milliseconds',
    scale: 1e-6,
    from,
    compute,
    about,
  }) as const satisfies DerivedField;

type Known = number | undefined;

const mean = (n: number, sum: number): Known => (n === 0 ? undefined : sum / n);

/** Standard deviation of the population, from count, sum and sum of squares. */
function deviation(n: number, sum: number, squares: number): Known {
  if (n === 0) return undefined;
  const average = sum / n;
  return Math.sqrt(Math.max(0, squares / n - average * average));
}

const itself = (value: number): number => value;

const meanOfBoth = (actN: Known, actSum: Known, idlN: Known, idlSum: Known): Known =>
  mean((actN ?? 0) + (idlN ?? 0), (actSum ?? 0) + (idlSum ?? 0));

const deviationOfBoth = (actN: Known, actSum: Known, actSq: Known, idlN: Known, idlSum: Known, idlSq: Known): Known =>
  deviation((actN ?? 0) + (idlN ?? 0), (actSum ?? 0) + (idlSum ?? 0), (actSq ?? 0) + (idlSq ?? 0));

const least = (a: Known, b: Known): Known => (a === undefined ? b : b === undefined ? a : Math.min(a, b));
const greatest = (a: Known, b: Known): Known => (a === undefined ? b : b === undefined ? a : Math.max(a, b));

/** Times between packets of one direction, and their deviation, which is the jitter. */
export const DERIVED_INTERVAL_FIELDS = {
  sintpkt: interval(
    1100,
    'SIntPkt',
    ['sactn?', 'sactsum?', 'sidln?', 'sidlsum?'],
    meanOfBoth,
    'Mean time between packets of the initiator.',
  ),
  sintpktmin: interval(
    1101,
    'SIntPktMin',
    ['sactmin?', 'sidlmin?'],
    least,
    'Least time between packets of the initiator.',
  ),
  sintpktmax: interval(
    1102,
    'SIntPktMax',
    ['sactmax?', 'sidlmax?'],
    greatest,
    'Greatest time between packets of the initiator.',
  ),
  sintpktact: interval(
    1103,
    'SIntPktAct',
    ['sactn', 'sactsum'],
    mean,
    'Mean time between packets of the initiator inside bursts.',
  ),
  sintpktactmin: interval(
    1104,
    'SIPActMin',
    ['sactmin'],
    itself,
    'Least time between packets of the initiator inside bursts.',
  ),
  sintpktactmax: interval(
    1105,
    'SIPActMax',
    ['sactmax'],
    itself,
    'Greatest time between packets of the initiator inside bursts.',
  ),
  sintpktidl: interval(
    1106,
    'SIntPktIdl',
    ['sidln', 'sidlsum'],
    mean,
    'Mean time between packets of the initiator between bursts.',
  ),
  sintpktidlmin: interval(
    1107,
    'SIPIdlMin',
    ['sidlmin'],
    itself,
    'Least time between packets of the initiator between bursts.',
  ),
  sintpktidlmax: interval(
    1108,
    'SIPIdlMax',
    ['sidlmax'],
    itself,
    'Greatest time between packets of the initiator between bursts.',
  ),
  sjit: interval(
    1109,
    'SrcJitter',
    ['sactn?', 'sactsum?', 'sactsq?', 'sidln?', 'sidlsum?', 'sidlsq?'],
    deviationOfBoth,
    'Jitter of the initiator: standard deviation of the time between its packets.',
  ),
  sjitact: interval(
    1110,
    'SrcJitAct',
    ['sactn', 'sactsum', 'sactsq'],
    deviation,
    'Jitter of the initiator inside bursts.',
  ),
  sjitidl: interval(
    1111,
    'SrcJitIdl',
    ['sidln', 'sidlsum', 'sidlsq'],
    deviation,
    'Jitter of the initiator between bursts.',
  ),

  dintpkt: interval(
    1120,
    'DIntPkt',
    ['dactn?', 'dactsum?', 'didln?', 'didlsum?'],
    meanOfBoth,
    'Mean time between packets of the responder.',
  ),
  dintpktmin: interval(
    1121,
    'DIntPktMin',
    ['dactmin?', 'didlmin?'],
    least,
    'Least time between packets of the responder.',
  ),
  dintpktmax: interval(
    1122,
    'DIntPktMax',
    ['dactmax?', 'didlmax?'],
    greatest,
    'Greatest time between packets of the responder.',
  ),
  dintpktact: interval(
    1123,
    'DIntPktAct',
    ['dactn', 'dactsum'],
    mean,
    'Mean time between packets of the responder inside bursts.',
  ),
  dintpktactmin: interval(
    1124,
    'DIPActMin',
    ['dactmin'],
    itself,
    'Least time between packets of the responder inside bursts.',
  ),
  dintpktactmax: interval(
    1125,
    'DIPActMax',
    ['dactmax'],
    itself,
    'Greatest time between packets of the responder inside bursts.',
  ),
  dintpktidl: interval(
    1126,
    'DIntPktIdl',
    ['didln', 'didlsum'],
    mean,
    'Mean time between packets of the responder between bursts.',
  ),
  dintpktidlmin: interval(
    1127,
    'DIPIdlMin',
    ['didlmin'],
    itself,
    'Least time between packets of the responder between bursts.',
  ),
  dintpktidlmax: interval(
    1128,
    'DIPIdlMax',
    ['didlmax'],
    itself,
    'Greatest time between packets of the responder between bursts.',
  ),
  djit: interval(
    1129,
    'DstJitter',
    ['dactn?', 'dactsum?', 'dactsq?', 'didln?', 'didlsum?', 'didlsq?'],
    deviationOfBoth,
    'Jitter of the responder: standard deviation of the time between its packets.',
  ),
  djitact: interval(
    1130,
    'DstJitAct',
    ['dactn', 'dactsum', 'dactsq'],
    deviation,
    'Jitter of the responder inside bursts.',
  ),
  djitidl: interval(
    1131,
    'DstJitIdl',
    ['didln', 'didlsum', 'didlsq'],
    deviation,
    'Jitter of the responder between bursts.',
  ),
} as const satisfies Record<string, DerivedField>;
