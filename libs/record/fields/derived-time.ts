import type { DerivedField, Value } from './field.ts';

/** A time as microseconds since the epoch; the nanoseconds beyond are a field of their own. */
const time = (
  number: number,
  heading: string,
  width: number,
  nanoseconds: string,
  from: readonly string[],
  compute: (...values: never[]) => Value,
  about: string,
) =>
  ({
    number,
    kind: 'number',
    heading,
    width,
    format: 'time',
    unit: 'seconds',
    scale: 1e-6,
    nanoseconds,
    from,
    compute,
    about,
  }) as const satisfies DerivedField;

const nanosecondsOf = (
  number: number,
  heading: string,
  name: string,
  from: readonly string[],
  compute: (...values: never[]) => Value,
) =>
  ({
    number,
    kind: 'number',
    heading,
    width: 7,
    format: 'integer',
    from,
    compute,
    about: `Nanoseconds 0-999 of ${name} beyond its microseconds.`,
  }) as const satisfies DerivedField;

const duration = (
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
    width: 10,
    format: 'seconds',
    unit: 'seconds',
    scale: 1e-9,
    from,
    compute,
    about,
  }) as const satisfies DerivedField;

/** Microseconds, and the nanoseconds beyond, of a moment `afterNs` after (µs, ns). */
const microsecondsAt = (us: number, ns: number, afterNs: number): number => us + Math.floor((ns + afterNs) / 1000);
const nanosecondsAt = (ns: number, afterNs: number): number => (ns + afterNs) % 1000;

/**
 * First and last packet of one direction, nanoseconds after the record's start: as the probe measured them, or the
 * record's own when only this direction spoke. Undefined when it cannot be known.
 */
function firstNs(pkts: number, others: number, first: number | undefined): number | undefined {
  if (pkts === 0) return undefined;
  return first ?? (others === 0 ? 0 : undefined);
}

function lastNs(pkts: number, others: number, last: number | undefined, dur: number): number | undefined {
  if (pkts === 0) return undefined;
  return last ?? (others === 0 ? dur : undefined);
}

/** `undefined` stays `undefined`. */
const map = (value: number | undefined, of: (value: number) => number): number | undefined =>
  value === undefined ? undefined : of(value);

const FIRST = ['stime', 'stimens?'] as const;

function sideFirstUs(
  us: number,
  ns: number | undefined,
  pkts: number,
  others: number,
  first: number | undefined,
): Value {
  return map(firstNs(pkts, others, first), (after) => microsecondsAt(us, ns ?? 0, after));
}

function sideFirstNs(ns: number | undefined, pkts: number, others: number, first: number | undefined): Value {
  return map(firstNs(pkts, others, first), (after) => nanosecondsAt(ns ?? 0, after));
}

function sideLastUs(
  us: number,
  ns: number | undefined,
  pkts: number,
  others: number,
  last: number | undefined,
  dur: number,
): Value {
  return map(lastNs(pkts, others, last, dur), (after) => microsecondsAt(us, ns ?? 0, after));
}

function sideLastNs(
  ns: number | undefined,
  pkts: number,
  others: number,
  last: number | undefined,
  dur: number,
): Value {
  return map(lastNs(pkts, others, last, dur), (after) => nanosecondsAt(ns ?? 0, after));
}

/** Known when measured, and when there was one packet or only one direction. */
function sideDuration(
  pkts: number,
  others: number,
  first: number | undefined,
  last: number | undefined,
  dur: number,
): Value {
  if (pkts === 0) return undefined;
  if (first !== undefined && last !== undefined) return last - first;
  if (pkts === 1) return 0;
  return others === 0 ? dur : undefined;
}

type Known = number | undefined;

/** What merging keeps of the durations of several records; of one record it is its own. */
const kept = (dur: number, trans: Known, value: Known): Value => (trans === undefined || trans < 2 ? dur : value);

const meanDuration = (dur: number, trans: Known, sum: Known): Value =>
  trans === undefined || trans < 2 ? dur : sum === undefined ? undefined : sum / trans;

/** Of the population. */
function durationDeviation(_dur: number, trans: Known, sum: Known, squares: Known): Value {
  if (trans === undefined || trans < 2) return 0;
  if (sum === undefined || squares === undefined) return undefined;
  const mean = sum / trans;
  return Math.sqrt(Math.max(0, squares / trans - mean * mean));
}

export const DERIVED_TIME_FIELDS = {
  ltime: time(
    1000,
    'LastTime',
    18,
    'ltimens',
    ['stime', 'stimens?', 'dur'],
    (us: number, ns: number | undefined, dur: number) => microsecondsAt(us, ns ?? 0, dur),
    'Last packet of the record: stime + dur.',
  ),
  ltimens: nanosecondsOf(1001, 'LastNs', 'ltime', ['stimens?', 'dur'], (ns: number | undefined, dur: number) =>
    nanosecondsAt(ns ?? 0, dur),
  ),
  sstime: time(
    1002,
    'SrcStartTime',
    19,
    'sstimens',
    [...FIRST, 'spkts', 'dpkts', 'sfirst?'],
    sideFirstUs,
    "The initiator's first packet; known where the probe measured it, or where only the initiator sent.",
  ),
  sstimens: nanosecondsOf(1003, 'SrcStaNs', 'sstime', ['stimens?', 'spkts', 'dpkts', 'sfirst?'], sideFirstNs),
  sltime: time(
    1004,
    'SrcLastTime',
    19,
    'sltimens',
    [...FIRST, 'spkts', 'dpkts', 'slast?', 'dur'],
    sideLastUs,
    "The initiator's last packet; known as sstime is.",
  ),
  sltimens: nanosecondsOf(1005, 'SrcLasNs', 'sltime', ['stimens?', 'spkts', 'dpkts', 'slast?', 'dur'], sideLastNs),
  dstime: time(
    1006,
    'DstStartTime',
    19,
    'dstimens',
    [...FIRST, 'dpkts', 'spkts', 'dfirst?'],
    sideFirstUs,
    "The responder's first packet; known where the probe measured it, or where only the responder sent.",
  ),
  dstimens: nanosecondsOf(1007, 'DstStaNs', 'dstime', ['stimens?', 'dpkts', 'spkts', 'dfirst?'], sideFirstNs),
  dltime: time(
    1008,
    'DstLastTime',
    19,
    'dltimens',
    [...FIRST, 'dpkts', 'spkts', 'dlast?', 'dur'],
    sideLastUs,
    "The responder's last packet; known as dstime is.",
  ),
  dltimens: nanosecondsOf(1009, 'DstLasNs', 'dltime', ['stimens?', 'dpkts', 'spkts', 'dlast?', 'dur'], sideLastNs),

  sdur: duration(
    1010,
    'SrcDur',
    ['spkts', 'dpkts', 'sfirst?', 'slast?', 'dur'],
    sideDuration,
    "The initiator's last packet minus its first; 0 with one packet; known as sstime is.",
  ),
  ddur: duration(
    1011,
    'DstDur',
    ['dpkts', 'spkts', 'dfirst?', 'dlast?', 'dur'],
    sideDuration,
    "The responder's last packet minus its first; 0 with one packet; known as dstime is.",
  ),
  runtime: duration(
    1012,
    'RunTime',
    ['dur', 'trans?', 'dursum?'],
    kept,
    'Sum of the durations of the merged records; of a single record its duration.',
  ),
  mean: duration(
    1013,
    'Mean',
    ['dur', 'trans?', 'dursum?'],
    meanDuration,
    'Mean of the durations of the merged records; of a single record its duration.',
  ),
  stddev: duration(
    1014,
    'StdDev',
    ['dur', 'trans?', 'dursum?', 'dursq?'],
    durationDeviation,
    'Standard deviation of the durations of the merged records; 0 of a single record.',
  ),
  sum: duration(
    1015,
    'Sum',
    ['dur', 'trans?', 'dursum?'],
    kept,
    'Sum of the durations of the merged records; of a single record its duration.',
  ),
  min: duration(
    1016,
    'Min',
    ['dur', 'trans?', 'durmin?'],
    kept,
    'Least duration of the merged records; of a single record its duration.',
  ),
  max: duration(
    1017,
    'Max',
    ['dur', 'trans?', 'durmax?'],
    kept,
    'Greatest duration of the merged records; of a single record its duration.',
  ),
} as const satisfies Record<string, DerivedField>;
