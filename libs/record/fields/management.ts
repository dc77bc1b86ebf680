import type { StoredField } from './field.ts';

const count = (number: number, heading: string, about: string) =>
  ({
    number,
    kind: 'f64',
    group: 'management',
    heading,
    width: 12,
    format: 'integer',
    merge: 'last',
    about,
  }) as const satisfies StoredField;

/** Fields of management records, in which a probe or multiplexer tells how it fares. Counts are since its start. */
export const MANAGEMENT_FIELDS = {
  mpkts: count(300, 'Packets', 'Packets received.'),
  mbytes: count(301, 'Bytes', 'Bytes received.'),
  mkdrops: count(
    302,
    'KernDrop',
    'Packets that the kernel dropped before they were read; absent where it cannot be known.',
  ),
  mdrops: count(303, 'Drop', 'Packets that the probe itself had to drop.'),
  mfiltered: count(304, 'Filtered', 'Packets that the capture filter refused.'),
  mbad: count(305, 'Undecoded', 'Packets whose headers did not decode to their end.'),
  mflows: count(306, 'Flows', 'Flows in the table.'),
  mevicted: count(307, 'Evicted', 'Flows that had to leave the full table.'),
  mrecords: count(308, 'Records', 'Flow records made.'),
  mqueued: count(309, 'Queued', 'Records that wait for readers.'),
  mreaders: count(310, 'Readers', 'Readers connected.'),
  mlost: count(311, 'Lost', 'Records that were dropped because a reader or a disk did not keep up.'),
  mmemory: count(312, 'Memory', 'Bytes of memory in use.'),
  minput: {
    number: 313,
    kind: 'text',
    group: 'management',
    heading: 'Input',
    width: 16,
    format: 'text',
    merge: 'last',
    about: 'Interface or file that is read.',
  },
  mversion: {
    number: 314,
    kind: 'text',
    group: 'management',
    heading: 'Version',
    width: 12,
    format: 'text',
    merge: 'last',
    about: 'Program and version that wrote the record.',
  },
  mproblems: {
    number: 315,
    kind: 'text',
    group: 'management',
    heading: 'Problems',
    width: 40,
    format: 'text',
    merge: 'last',
    about: 'Named decoding problems with their counts: "tcp: truncated=3 ipv4: bad length=1".',
  },
} as const satisfies Record<string, StoredField>;
