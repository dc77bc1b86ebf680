/** Words after `-M`, which commands read and shells offer. */

/** Every command that reads records knows them. */
export const MODE_WORDS = ['json', 'xml', 'man', 'noman', 'rmon', 'uni'] as const;

export const PRINTER = 'printer=';

/** How user data prints, as Argus calls it, and what that is here. */
export const ENCODINGS = { ascii: 'ascii', hex: 'hex', encode32: 'hex', encode64: 'base64' } as const;

/** Of commands that print records. */
export const PRINT_MODE_WORDS: readonly string[] = [
  ...MODE_WORDS,
  ...Object.keys(ENCODINGS).map((name) => `${PRINTER}${name}`),
];

/** Of commands that merge records. */
export const AGGREGATE_MODE_WORDS = ['correct', 'nocorrect', 'norep', 'rep', 'preserve', 'nopreserve'] as const; // prettier-ignore

/** Of a command that merges the records of each file by themselves. */
export const FILE_MODE_WORDS = ['ind', 'replace'] as const;

/** Of commands that put records in bins; a length stands behind the first three. */
export const BIN_MODE_WORDS = [
  'time',
  'count',
  'size',
  'hard',
  'soft',
  'zero',
  'nomodify',
  'merge',
  'nomerge',
] as const;

/** Of commands that divide records among files; a value stands behind the first four. */
export const SPLIT_MODE_WORDS = ['time', 'count', 'size', 'flow', 'nomodify'] as const;
