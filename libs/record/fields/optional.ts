import { APP_NAMES } from '../../app/found-app.ts';
import type { StoredField } from './field.ts';

const timing = (number: number, heading: string, about: string, merge: StoredField['merge']) =>
  ({
    number,
    kind: 'f64',
    group: 'timing',
    heading,
    width: 12,
    format: 'integer',
    merge,
    about,
  }) as const satisfies StoredField;

const aggregate = (number: number, heading: string, about: string, merge: StoredField['merge']) =>
  ({ ...timing(number, heading, about, merge), group: 'aggregate' }) as const satisfies StoredField;

const mask = (number: number, heading: string, about: string) =>
  ({ number, kind: 'u8', group: 'aggregate', heading, width: 7, format: 'integer', merge: 'min', about }) as const satisfies StoredField; // prettier-ignore

/**
 * Groups that a probe fills only when asked: inter-packet times, packet sizes, payload, times of each direction; and what
 * aggregation adds. Inter-packet times are kept as count, sum, sum of squares, least and greatest, in nanoseconds, apart
 * for packets inside bursts (`act`) and between them (`idl`), so that they merge exactly.
 */
export const OPTIONAL_FIELDS = {
  sactn: timing(160, 'sActN', 'Inter-packet times of the initiator inside bursts: how many.', 'sum'),
  sactsum: timing(161, 'sActSum', 'Their sum, nanoseconds.', 'sum'),
  sactsq: timing(162, 'sActSq', 'Sum of their squares, square nanoseconds.', 'sum'),
  sactmin: timing(163, 'sActMin', 'The least, nanoseconds.', 'min'),
  sactmax: timing(164, 'sActMax', 'The greatest, nanoseconds.', 'max'),
  sidln: timing(165, 'sIdlN', 'Inter-packet times of the initiator between bursts: how many.', 'sum'),
  sidlsum: timing(166, 'sIdlSum', 'Their sum, nanoseconds.', 'sum'),
  sidlsq: timing(167, 'sIdlSq', 'Sum of their squares, square nanoseconds.', 'sum'),
  sidlmin: timing(168, 'sIdlMin', 'The least, nanoseconds.', 'min'),
  sidlmax: timing(169, 'sIdlMax', 'The greatest, nanoseconds.', 'max'),
  dactn: timing(170, 'dActN', 'Inter-packet times of the responder inside bursts: how many.', 'sum'),
  dactsum: timing(171, 'dActSum', 'Their sum, nanoseconds.', 'sum'),
  dactsq: timing(172, 'dActSq', 'Sum of their squares, square nanoseconds.', 'sum'),
  dactmin: timing(173, 'dActMin', 'The least, nanoseconds.', 'min'),
  dactmax: timing(174, 'dActMax', 'The greatest, nanoseconds.', 'max'),
  didln: timing(175, 'dIdlN', 'Inter-packet times of the responder between bursts: how many.', 'sum'),
  didlsum: timing(176, 'dIdlSum', 'Their sum, nanoseconds.', 'sum'),
  didlsq: timing(177, 'dIdlSq', 'Sum of their squares, square nanoseconds.', 'sum'),
  didlmin: timing(178, 'dIdlMin', 'The least, nanoseconds.', 'min'),
  didlmax: timing(179, 'dIdlMax', 'The greatest, nanoseconds.', 'max'),

  sfirst: timing(180, 'sFirst', "The initiator's first packet, nanoseconds after stime.", 'own'),
  slast: { ...timing(181, 'sLast', "The initiator's last packet, nanoseconds after stime.", 'own'), like: 'dur' },
  dfirst: { ...timing(182, 'dFirst', "The responder's first packet, nanoseconds after stime.", 'own'), like: 'dur' },
  dlast: { ...timing(183, 'dLast', "The responder's last packet, nanoseconds after stime.", 'own'), like: 'dur' },

  sminsz: {
    number: 200,
    kind: 'u32',
    group: 'sizes',
    heading: 'sMinPktSz',
    width: 12,
    format: 'integer',
    merge: 'min',
    unit: 'bytes',
    about: 'Smallest packet of the initiator.',
  },
  smaxsz: {
    number: 201,
    kind: 'u32',
    group: 'sizes',
    heading: 'sMaxPktSz',
    width: 12,
    format: 'integer',
    merge: 'max',
    unit: 'bytes',
    about: 'Largest packet of the initiator.',
  },
  dminsz: {
    number: 202,
    kind: 'u32',
    group: 'sizes',
    heading: 'dMinPktSz',
    width: 12,
    format: 'integer',
    merge: 'min',
    unit: 'bytes',
    about: 'Smallest packet of the responder.',
  },
  dmaxsz: {
    number: 203,
    kind: 'u32',
    group: 'sizes',
    heading: 'dMaxPktSz',
    width: 12,
    format: 'integer',
    merge: 'max',
    unit: 'bytes',
    about: 'Largest packet of the responder.',
  },

  suser: {
    number: 220,
    kind: 'bytes',
    group: 'payload',
    heading: 'srcUdata',
    width: 25,
    format: 'payload',
    merge: 'own',
    about: "First payload bytes of the initiator, up to the probe's -U.",
  },
  duser: {
    number: 221,
    kind: 'bytes',
    group: 'payload',
    heading: 'dstUdata',
    width: 25,
    format: 'payload',
    merge: 'own',
    about: "First payload bytes of the responder, up to the probe's -U.",
  },

  trans: {
    number: 240,
    kind: 'u32',
    group: 'aggregate',
    heading: 'Trans',
    width: 6,
    format: 'integer',
    merge: 'sum',
    absent: 1,
    about: 'How many records were merged into this one; absent is 1.',
  },
  dursum: aggregate(
    242,
    'DurSum',
    'Sum of the durations of the merged records, nanoseconds; absent of a single one.',
    'sum',
  ),
  dursq: aggregate(243, 'DurSq', 'Sum of their squares, square nanoseconds.', 'sum'),
  durmin: aggregate(244, 'DurMin', 'The least, nanoseconds.', 'min'),
  durmax: aggregate(245, 'DurMax', 'The greatest, nanoseconds.', 'max'),
  smask: mask(
    246,
    'SrcMask',
    'Bits of saddr, from the left, that all merged records share; absent of a whole address.',
  ),
  dmask: mask(
    247,
    'DstMask',
    'Bits of daddr, from the left, that all merged records share; absent of a whole address.',
  ),
  label: {
    number: 241,
    kind: 'text',
    group: 'aggregate',
    heading: 'Label',
    width: 5,
    format: 'text',
    merge: 'own',
    about: 'Text that was attached to the record.',
  },

  app: {
    number: 250,
    kind: 'u8',
    group: 'app',
    heading: 'App',
    width: 10,
    format: 'code',
    names: APP_NAMES,
    merge: 'same',
    about: "Application, by the first bytes of its payload, where the probe's --app is on.",
  },
  appname: {
    number: 251,
    kind: 'text',
    group: 'app',
    heading: 'AppName',
    width: 25,
    format: 'text',
    merge: 'same',
    about:
      'What it is asked for or says of itself: TLS server, HTTP host, DNS question, SSH version …; 64 bytes of it.',
  },
} as const satisfies Record<string, StoredField>;
