import { UsageError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';
import type { Batch } from '../record/batch.ts';
import { FIELD_NAMES, isFieldName, type FieldName } from '../record/fields/table.ts';
import type { Cell, CellWriter } from '../record/print/cell.ts';
import { cellOf } from '../record/print/cells.ts';
import { settingsOf } from '../record/print/options.ts';
import { TextBuffer } from '../record/print/text-buffer.ts';
import { compileTimeFormat, type TimeFormat } from '../record/print/time-format.ts';

/** Stands for a field that a record does not have; no value is written like this. */
export const NO_VALUE = '_';
/** Between the values of a key; no value holds it. */
const BETWEEN = '/';
/** Most characters of a value in a name. */
const VALUE_MAX = 64;
/** Most characters of a name between slashes, so that there is room for what is added to it. */
const COMPONENT_MAX = 200;
const DEFAULT_TIME = '%Y.%m.%d.%H.%M.%S';
const FIELD = /\$(?:\{(\w*)\}|(\w+)|(\$))/g;
const CELL_ROOM = 1024;

/**
 * A file name with conversions of strftime(3), in the process's time zone, and with `$field` or `${field}`, which stand for
 * values of a record. `%%` and `$$` are the characters themselves.
 */
export class NameTemplate {
  /** Fields of which each combination of values has files of its own. */
  readonly fields: readonly FieldName[];
  /** Text and time formats, between them numbers of `fields`. */
  readonly #parts: readonly (TimeFormat | number)[];
  /** As `#parts`, with texts as they were given. */
  readonly #words: readonly (string | number)[];
  readonly #cells: readonly Cell[];
  readonly #out = new TextBuffer();
  #writers: CellWriter[] = [];
  #batch: Batch | undefined;

  /**
   * @param needsTime adds a time to a name that has none
   * @throws {UsageError} for an unknown field or conversion
   */
  constructor(text: string, needsTime: boolean) {
    if (text === '' || text.endsWith('/')) throw new UsageError(`'${text}' names no file`);
    const fields: FieldName[] = [];
    const words: (string | number)[] = [];
    let at = 0;
    const hasTime = /%[^%]/.test(text.replaceAll('%%', ''));
    const whole = hasTime || !needsTime ? text : `${text}${text.endsWith('.') ? '' : '.'}${DEFAULT_TIME}`;
    for (const match of whole.matchAll(FIELD)) {
      const [written, braced, bare, dollar] = match;
      words.push(whole.slice(at, match.index) + (dollar ?? ''));
      at = match.index + written.length;
      if (dollar !== undefined) continue;
      words.push(fields.length);
      fields.push(fieldOf(braced ?? bare ?? ''));
    }
    words.push(whole.slice(at));
    const settings = settingsOf({ style: 'delimited', numeric: 1 });
    this.fields = fields;
    this.#words = words;
    this.#parts = words.map((word) => (typeof word === 'number' ? word : timeFormat(word)));
    this.#cells = fields.map((name) => cellOf({ name, width: VALUE_MAX }, settings));
  }

  /** The values of a record's fields, as they stand in names: the same for records that share a name but for the time. */
  valuesOf(batch: Batch, row: number): string {
    if (this.#cells.length === 0) return '';
    if (this.#batch !== batch) {
      this.#batch = batch;
      this.#writers = this.#cells.map((cell) => cell(batch));
    }
    let values = '';
    for (const write of this.#writers) {
      const out = this.#out;
      out.clear();
      out.ensure(CELL_ROOM);
      write(out, row);
      values += (values === '' ? '' : BETWEEN) + reduced(out.toString());
    }
    return values;
  }

  /**
   * @param values of `valuesOf`
   * @param timeUs microseconds since the epoch
   */
  nameOf(values: string, timeUs: number): string {
    const date = new Date(Math.floor(timeUs / 1000));
    const fraction = String(Math.floor(((timeUs % 1e6) + 1e6) % 1e6)).padStart(6, '0');
    const texts = values.split(BETWEEN);
    const parts = this.#parts.map((part) =>
      typeof part === 'number' ? (texts[part] ?? NO_VALUE) : part(date).join(fraction),
    );
    return parts
      .join('')
      .split('/')
      .map((component) => component.slice(0, COMPONENT_MAX))
      .join('/');
  }

  /**
   * What names in one folder have in common whose records differ in nothing but their time: conversions stand for themselves.
   * @param values of `valuesOf`
   */
  seriesOf(values: string): string {
    const texts = values.split(BETWEEN);
    const parts = this.#words.map((word) =>
      typeof word === 'number' ? (texts[word] ?? NO_VALUE).replaceAll('%', '%%') : word,
    );
    return parts.join('').split('/').at(-1) ?? '';
  }
}

function timeFormat(text: string): TimeFormat {
  const compiled = compileTimeFormat(text.replace(/(^|[^%])((?:%%)*)%$/, '$1$2%%'));
  if (typeof compiled !== 'string') return compiled;
  throw new UsageError(`'${text}' after -w is no name with times: ${compiled}`, {
    hint: 'Conversions are those of strftime, such as %Y-%m-%d and %H.%M.%S; write %% for a percent sign.',
  });
}

function fieldOf(name: string): FieldName {
  if (isFieldName(name)) return name;
  throw new UsageError(`unknown field '$${name}' in the name after -w`, {
    hint: didYouMean(name, FIELD_NAMES) || 'ra --list-fields shows the names of all fields.',
  });
}

/** A value as it may stand in a name: whatever it is, it leads to no other folder and hides no file. */
export function reduced(value: string): string {
  const text = value.trim();
  if (text === '') return NO_VALUE;
  const coded = Array.from(text.slice(0, VALUE_MAX), (letter) =>
    /[A-Za-z0-9._:-]/.test(letter) ? letter : percent(letter),
  );
  const name = coded.join('').replace(/^\./, '%2E');
  return name === NO_VALUE ? percent(NO_VALUE) : name;
}

function percent(letter: string): string {
  let coded = '';
  for (const byte of new TextEncoder().encode(letter)) coded += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return coded;
}
