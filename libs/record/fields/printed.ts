import type { DerivedField } from './field.ts';

const nothing = (): undefined => undefined;

/** What only the printing of a record can tell; in filters, keys and sums it is absent. */
export const PRINTED_FIELDS = {
  idle: {
    number: 2001,
    kind: 'number',
    heading: 'IdleTime',
    width: 10,
    format: 'age',
    unit: 'seconds',
    from: [],
    compute: nothing,
    about: 'How long ago the last packet was when the record printed.',
  },
  rank: {
    number: 2004,
    kind: 'number',
    heading: 'Rank',
    width: 6,
    format: 'ordinal',
    centred: true,
    from: [],
    compute: nothing,
    about: 'Place of the record among those printed, from 1.',
  },
} as const satisfies Record<string, DerivedField>;
