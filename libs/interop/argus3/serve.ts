import { SuiteError } from '../../core/errors.ts';
import { compileFilter } from '../../filter/compile.ts';
import type { Dialect, DialectStep } from '../../transport/dialect.ts';
import type { Refusal } from '../../transport/handshake.ts';
import { Argus3Encoder } from './encoder.ts';
import { CAUSE_BITS, MANAGEMENT_BIT } from './format.ts';

/** Commands of clients; a blank ends the word. Of the others servers without an archive make nothing. */
const COMMANDS = { filter: 'FILTER: ', start: 'START:', done: 'DONE:' } as const;
const WORDS = [...Object.values(COMMANDS), 'FILE: ', 'MODEL: ', 'PROJECT: '] as const;
const WORD_CHARACTERS_MAX = 9;
const FILTER_CHARACTERS_MAX = 4096;
/** Clients let management records pass themselves, which ours do without being asked. */
const WITH_MANAGEMENT = /^\s*man or \((?<wanted>[^]*)\)\s*$/;

const VERSION = 3;
/** Reasons that the record has a number for; others have none. */
const REFUSALS: Partial<Record<Refusal, number>> = { access: 1, full: 2 };

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/** A management record that is its header alone, with the reason in the low bits of its cause. */
function refusal(reason: Refusal): Uint8Array {
  return Uint8Array.of(MANAGEMENT_BIT | VERSION, CAUSE_BITS.error | (REFUSALS[reason] ?? 0), 0, 1);
}

function hear(said: Uint8Array): DialectStep {
  const text = textOf(said);
  if (text.startsWith(COMMANDS.filter)) return hearFilter(text.slice(COMMANDS.filter.length));
  if (text.startsWith(COMMANDS.start)) return { kind: 'begin' };
  if (text.startsWith(COMMANDS.done)) return { kind: 'leave' };
  return { kind: 'refuse', refusal: 'hello', reason: 'a command that is not known', answer: refusal('hello') };
}

function hearFilter(text: string): DialectStep {
  const source = text.replaceAll(/[\0\r\n]+/g, ' ').trim();
  const filter = WITH_MANAGEMENT.exec(source)?.groups?.['wanted'] ?? source;
  const refuse = (reason: string): DialectStep => ({
    kind: 'refuse',
    refusal: 'filter',
    reason,
    answer: bytesOf('SY'),
  });
  if (filter.length > FILTER_CHARACTERS_MAX) return refuse('a filter that is too long');
  try {
    if (filter !== '') compileFilter(filter);
  } catch (error) {
    if (error instanceof SuiteError) return refuse(error.message);
    throw error;
  }
  return { kind: 'filter', filter, answer: bytesOf('OK') };
}

function begins(start: Uint8Array): boolean | undefined {
  const text = textOf(start.subarray(0, WORD_CHARACTERS_MAX));
  if (WORDS.some((word) => text.startsWith(word))) return true;
  return text.length < WORD_CHARACTERS_MAX && WORDS.some((word) => word.startsWith(text)) ? undefined : false;
}

/** Clients of Argus 3, which come to our port as they come to their own servers. */
export const ARGUS3_CLIENTS: Dialect = {
  name: 'Argus 3',
  begins,
  hear,
  refusal,
  encoder() {
    const encoder = new Argus3Encoder();
    return (batch) => encoder.encode(batch);
  },
};

/** The same for a server that does not want them. */
export const NO_ARGUS3_CLIENTS: Dialect = {
  ...ARGUS3_CLIENTS,
  hear: () => ({
    kind: 'refuse',
    refusal: 'access',
    reason: 'clients of Argus 3 are not served (--argus3 off)',
    answer: refusal('access'),
  }),
};
