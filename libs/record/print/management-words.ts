import { CAUSE } from '../fields/field.ts';
import type { Batch } from '../batch.ts';
import { computed } from '../row.ts';

/** A figure of a management record in words: fields, and how they read; an empty text where there is nothing to say. */
interface Phrase {
  readonly from: readonly string[];
  readonly say: (...values: readonly (number | string | undefined)[]) => string;
}

const grouped = (value: number): string => value.toLocaleString('en-US');
const MEGABYTE = 1e6;
const STATES: Readonly<Record<number, string>> = {
  [CAUSE.start]: 'start',
  [CAUSE.status]: 'running',
  [CAUSE.stop]: 'stop',
  [CAUSE.shutdown]: 'shut down',
};

const figure = (field: string, words: string, always = true): Phrase => ({
  from: [`${field}?`],
  say: (value) => (typeof value !== 'number' || (value === 0 && !always) ? '' : `${grouped(value)} ${words}`),
});

/** In the order of the line. */
const PHRASES: readonly Phrase[] = [
  { from: ['cause'], say: (cause) => STATES[Number(cause)] ?? 'error' },
  { from: ['minput?'], say: (input) => (input === undefined ? '' : `input ${input}`) },
  { from: ['mcapture?'], say: (way) => (way === undefined ? '' : `by ${way}`) },
  figure('mpkts', 'packets'),
  figure('mbytes', 'bytes'),
  figure('mkdrops', 'dropped by the kernel'),
  figure('midrops', 'lost by the interface', false),
  figure('mdrops', 'dropped by the probe'),
  figure('mfiltered', 'filtered', false),
  {
    from: ['mbad?', 'mproblems?'],
    say: (bad, problems) =>
      typeof bad !== 'number' || bad === 0 ? '' : `${grouped(bad)} not decoded (${problems ?? ''})`,
  },
  figure('mflows', 'flows open'),
  figure('mopened', 'opened'),
  figure('mevicted', 'evicted', false),
  figure('mrecords', 'records'),
  figure('mwlost', 'not written', false),
  figure('mreaders', 'readers'),
  figure('mqueued', 'queued', false),
  figure('mlost', 'lost by readers', false),
  { from: ['mmemory?'], say: (bytes) => (typeof bytes !== 'number' ? '' : `${Math.round(bytes / MEGABYTE)} MB`) },
  {
    from: ['mclock?'],
    say: (late) => (typeof late !== 'number' ? '' : `last packet ${(late / 1e6).toFixed(3)} s ago`),
  },
];

/** The figures of a management record as a line of words. @returns gives the text of a row */
export function managementWords(batch: Batch): (row: number) => string {
  const phrases = PHRASES.map(({ from, say }) => computed({ from, compute: say }));
  return (row) => {
    const said: string[] = [];
    for (const phrase of phrases) {
      const text = phrase(batch, row);
      if (typeof text === 'string' && text !== '') said.push(text);
    }
    return said.join(', ');
  };
}
