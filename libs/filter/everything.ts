import type { Filter } from './compile.ts';

/** What the empty filter compiles to, for those who do without the compiler. */
export const EVERYTHING: Filter = {
  select: (_batch, _rows, count) => count,
  stages: [],
  fields: new Set(),
  source: '',
  remote: '',
  matchesManagement: true,
  mayMatch: () => true,
  explain: () => 'every record\nreads: no field',
};
