import { SPLIT_MODE_WORDS } from '../mode-words.ts';
import type { OptionTable } from '../options.ts';

/** How the commands that divide records among files are told how. */
export const SPLIT_OPTIONS = {
  write: {
    short: 'w',
    arity: 'one',
    placeholder: 'NAME',
    default: 'x',
    text:
      'Name of the files, in which strftime(3) conversions are the time and $field or ${field} values of a record. Folders are made. ' +
      'Files by count, size or flow get letters behind it: aa, ab, ...',
    group: 'Output',
  },
  mode: {
    short: 'M',
    arity: 'greedy',
    placeholder: 'MODE',
    words: SPLIT_MODE_WORDS,
    text:
      'time 10m: a file for each 10 minutes (s, m, h, d, w, M, y); count 10k: for so many records (the default is count 10k); ' +
      'size 10m: for so many bytes; flow "FILTER": a new file at each record that matches.',
    group: 'Output',
  },
  'suffix-length': {
    short: 'a',
    arity: 'one',
    placeholder: 'N',
    number: { min: 1, max: 8, integer: true },
    default: 2,
    text: 'Letters of the suffix at first; when they are used up there is one more.',
    group: 'Output',
  },
} as const satisfies OptionTable;
