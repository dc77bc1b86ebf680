import type { BytesColumn, TextColumn } from '../record/columns.ts';
import { keepPresent, type Select } from './columns.ts';
import type { Pattern } from './pattern.ts';

/** Whether a text is what is looked for. */
export type TextTest = (text: string) => boolean;

/** Texts of which the verdict is remembered; beyond that all are forgotten. */
const REMEMBERED_MAX = 4096;

/** A test that remembers its verdicts, for fields that have few different values. */
export function remembering(test: TextTest): TextTest {
  const verdicts = new Map<string, boolean>();
  return (text) => {
    const known = verdicts.get(text);
    if (known !== undefined) return known;
    if (verdicts.size >= REMEMBERED_MAX) verdicts.clear();
    const verdict = test(text);
    verdicts.set(text, verdict);
    return verdict;
  };
}

const encoder = new TextEncoder();

export function textMatches(pattern: Pattern): TextTest {
  return (text) => pattern.test(encoder.encode(text));
}

/** Rows whose stored text is as `test` says; each text of the batch's dictionary is looked at once. */
export function selectText(field: number, test: TextTest): Select {
  // 0 not looked at, 1 refused, 2 taken.
  let verdicts = new Uint8Array(0);
  return (batch, rows, count) => {
    const column = batch.columns[field] as TextColumn | undefined;
    if (column === undefined) return 0;
    const { index, dictionary } = column;
    if (verdicts.length < dictionary.length) verdicts = new Uint8Array(dictionary.length);
    else verdicts.fill(0, 0, dictionary.length);
    const present = keepPresent(column.valid, rows, count);
    let kept = 0;
    for (let i = 0; i < present; i++) {
      const row = rows[i]!;
      const entry = index[row]!;
      if (verdicts[entry] === 0) verdicts[entry] = test(dictionary[entry] ?? '') ? 2 : 1;
      rows[kept] = row;
      kept += Number(verdicts[entry] === 2);
    }
    return kept;
  };
}

/** Rows in whose stored bytes something matches, or with `inside` false nothing does. */
export function selectBytes(field: number, pattern: Pattern, inside: boolean): Select {
  return (batch, rows, count) => {
    const column = batch.columns[field] as BytesColumn | undefined;
    if (column === undefined) return 0;
    const { ends, blob } = column;
    const present = keepPresent(column.valid, rows, count);
    let kept = 0;
    for (let i = 0; i < present; i++) {
      const row = rows[i]!;
      rows[kept] = row;
      kept += Number(pattern.test(blob, row === 0 ? 0 : ends[row - 1]!, ends[row]) === inside);
    }
    return kept;
  };
}
