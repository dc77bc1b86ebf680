import { createReadStream } from 'node:fs';
import { InputError } from '../../core/errors.ts';
import { systemReason } from '../system-error.ts';

/** A configuration file is no longer than this, and none of its lines. */
const FILE_BYTES_MAX = 1 << 20;
const LINE_MAX = 4096;

/** One assignment of a configuration file. */
export interface Assignment {
  readonly file: string;
  /** Line number, from 1. */
  readonly line: number;
  /** The line as it stands in the file. */
  readonly source: string;
  readonly name: string;
  /** The whole value: what is between the quotes when they hold all of it, else the text as it stands. */
  readonly value: string;
  /** The parts of the value, each without its quotes: `/var/log/flows "tcp"` is two. */
  readonly words: readonly string[];
  /** Column of the value in `source`, from 0. */
  readonly at: number;
}

/** Something in a configuration file that cannot be. */
export interface Mistake {
  readonly file: string;
  readonly line: number;
  readonly source: string;
  /** Column of the word that is wrong, from 0. */
  readonly at: number;
  readonly what: string;
  readonly hint: string;
}

export interface ConfigurationText {
  readonly assignments: readonly Assignment[];
  readonly mistakes: readonly Mistake[];
}

/** @throws {InputError} when the file cannot be read, or is too long to be one of settings */
export async function readConfiguration(file: string): Promise<ConfigurationText> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(file, { end: FILE_BYTES_MAX })) chunks.push(chunk as Buffer);
  } catch (error) {
    throw new InputError(`cannot read the configuration ${file}: ${systemReason(error) ?? String(error)}`, {
      cause: error,
    });
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length > FILE_BYTES_MAX) throw new InputError(`the configuration ${file} is longer than a mebibyte`);
  return parseConfiguration(bytes.toString('utf8'), file);
}

/**
 * Reads lines of `NAME=value` as Argus's files have them: nothing stands before the `=`, quotes of either kind are optional,
 * `#` and `//` begin a comment, at the start of a line or after a blank. Nothing is expanded and nothing is run.
 * @param file name for messages
 */
export function parseConfiguration(text: string, file: string): ConfigurationText {
  const assignments: Assignment[] = [];
  const mistakes: Mistake[] = [];
  for (const [index, source] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const place = { file, line: index + 1, source };
    const found = parseLine(source);
    if (found === undefined) continue;
    if ('what' in found) mistakes.push({ ...place, ...found });
    else assignments.push({ ...place, ...found });
  }
  return { assignments, mistakes };
}

/** A mistake as people read it: where, what, and a mark under the word. */
export function describeMistake({ file, line, source, at, what, hint }: Mistake): string {
  const start = Math.max(0, at - 60);
  const shown = source.slice(start, start + 100);
  const pointed = `${file}:${line}: ${what}\n  ${shown}\n  ${' '.repeat(at - start)}^`;
  return hint === '' ? pointed : `${pointed}\n  ${hint}`;
}

type Parsed = Pick<Assignment, 'name' | 'value' | 'words' | 'at'> | Pick<Mistake, 'at' | 'what' | 'hint'>;

function parseLine(source: string): Parsed | undefined {
  const start = source.search(/\S/);
  if (start === -1 || source.startsWith('#', start) || source.startsWith('//', start)) return undefined;
  if (source.length > LINE_MAX) return wrong(0, `the line is longer than ${LINE_MAX} characters`);
  const control = source.search(/[^\P{Cc}\t]/u);
  if (control !== -1) return wrong(control, 'a control character');
  const name = /^\w+/.exec(source.slice(start))?.[0] ?? '';
  const equals = start + name.length;
  if (name === '') return wrong(start, 'the name of a variable is expected here', 'Write NAME=value.');
  if (source[equals] !== '=') {
    const blanks = /^\s+=/.test(source.slice(equals));
    return wrong(equals, blanks ? "no blanks stand before '='" : `'=' is expected after ${name}`, 'Write NAME=value.');
  }
  const at = equals + 1 + source.slice(equals + 1).search(/\S|$/);
  return { name, at, ...splitValue(source, at) };
}

const wrong = (at: number, what: string, hint = ''): Parsed => ({ at, what, hint });

/** Up to a blank; a part of it may be in quotes, which stay: `eth0/"r1"`. */
const BARE_WORD = /^(?:[^\s"']+(?:"[^"]*"|'[^']*'|["'])?)+/;

/** Words in quotes, or bare ones; a comment ends them. */
function splitValue(
  source: string,
  from: number,
): Pick<Assignment, 'value' | 'words'> | Pick<Mistake, 'at' | 'what' | 'hint'> {
  const words: string[] = [];
  let quoted = false;
  let end = from;
  for (let at = from; at < source.length;) {
    const character = source[at] ?? '';
    if (/\s/.test(character)) {
      at += 1;
      continue;
    }
    if (/\s/.test(source[at - 1] ?? '') && /^(#|\/\/)/.test(source.slice(at))) break;
    if (character === '"' || character === "'") {
      const close = source.indexOf(character, at + 1);
      if (close === -1) return { at, what: 'the quote is not closed', hint: '' };
      words.push(source.slice(at + 1, close));
      quoted = words.length === 1;
      at = close + 1;
    } else {
      const length = BARE_WORD.exec(source.slice(at))?.[0].length ?? 1;
      words.push(source.slice(at, at + length));
      quoted = false;
      at += length;
    }
    end = at;
  }
  return { words, value: quoted && words.length === 1 ? (words[0] ?? '') : source.slice(from, end).trim() };
}
