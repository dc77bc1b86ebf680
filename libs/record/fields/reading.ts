import type { StoredField } from './field.ts';

/**
 * What is not of a record but of the reading of it. Who reads files puts these in batches, as columns like those of stored fields, where
 * they are asked for by name: they are not among all fields, and files that are written do not hold them.
 */
export const READING_FIELDS = {
  offset: {
    number: 340,
    kind: 'f64',
    group: 'reading',
    heading: 'Offset',
    width: 12,
    format: 'integer',
    merge: 'same',
    about:
      'At which byte of its file the record begins, or in files of ours the frame that holds it; of a packed file as it is unpacked. ' +
      '-r FILE::OFFSET reads from there on. Absent of what comes from servers, pipes and standard input.',
  },
} as const satisfies Record<string, StoredField>;

export const OFFSET: number = READING_FIELDS.offset.number;
