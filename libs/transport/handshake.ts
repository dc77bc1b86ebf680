import { FIELD_NUMBERS_MAX } from '../record/batch.ts';
import { encodeMessage } from './message.ts';

/** What a client wants. Keys that a server does not know are ignored. */
export interface Hello {
  /** Major version of the stream that the client speaks. */
  readonly version: number;
  /** Program and version, for messages. */
  readonly program: string;
  /** In the language of `libs/filter`; empty for everything. */
  readonly filter: string;
  /** Numbers of the stored fields that the client reads; undefined for all. */
  readonly fields: readonly number[] | undefined;
}

/**
 * Why a server sends a client away: too many readers, another version, a filter that is not understood, a hello that is
 * none, no hello in time, or the server is about to end.
 */
export const REFUSALS = ['full', 'version', 'filter', 'hello', 'silent', 'closing'] as const;
export type Refusal = (typeof REFUSALS)[number];

/** What the server answers; after a refusal it closes. */
export type Answer =
  | { readonly ok: true; readonly program: string }
  | { readonly ok: false; readonly refusal: Refusal; readonly reason: string };

const PROGRAM_CHARACTERS_MAX = 64;
const FILTER_CHARACTERS_MAX = 4096;
const REASON_CHARACTERS_MAX = 1024;

export function encodeHello({ version, program, filter, fields }: Hello): Uint8Array {
  const content = new Map<string, unknown>([
    ['version', version],
    ['program', program.slice(0, PROGRAM_CHARACTERS_MAX)],
  ]);
  if (filter !== '') content.set('filter', filter);
  if (fields !== undefined) content.set('fields', fields);
  return encodeMessage(content);
}

/** The hello that a message holds, or what is wrong with it. */
export function helloOf(content: ReadonlyMap<unknown, unknown>): Hello | { readonly problem: string } {
  const version = content.get('version');
  const program = content.get('program');
  const filter = content.get('filter') ?? '';
  const fields = content.get('fields');
  if (typeof version !== 'number' || !Number.isInteger(version)) return { problem: 'a hello without a version' };
  if (!isText(program, PROGRAM_CHARACTERS_MAX)) return { problem: 'a hello without a program' };
  if (!isText(filter, FILTER_CHARACTERS_MAX)) return { problem: 'a filter that is no text, or too long' };
  if (fields !== undefined && !isFieldList(fields)) return { problem: 'a list of fields that is none' };
  return { version, program, filter, fields };
}

export function encodeAnswer(answer: Answer): Uint8Array {
  const content: [string, unknown][] = answer.ok
    ? [['program', answer.program.slice(0, PROGRAM_CHARACTERS_MAX)]]
    : [
        ['refusal', answer.refusal],
        ['reason', answer.reason.slice(0, REASON_CHARACTERS_MAX)],
      ];
  return encodeMessage(new Map<string, unknown>([['ok', answer.ok], ...content]));
}

/** The answer that a message holds, or what is wrong with it. A refusal of a later version counts as `hello`. */
export function answerOf(content: ReadonlyMap<unknown, unknown>): Answer | { readonly problem: string } {
  const ok = content.get('ok');
  if (ok === true) {
    const program = content.get('program') ?? '';
    return isText(program, PROGRAM_CHARACTERS_MAX) ? { ok, program } : { problem: 'an answer without a program' };
  }
  const reason = content.get('reason');
  if (ok !== false || !isText(reason, REASON_CHARACTERS_MAX)) return { problem: 'an answer that is none' };
  const refusal = REFUSALS.find((known) => known === content.get('refusal')) ?? 'hello';
  return { ok, refusal, reason };
}

function isText(value: unknown, charactersMax: number): value is string {
  return typeof value === 'string' && value.length <= charactersMax;
}

function isFieldList(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length <= FIELD_NUMBERS_MAX &&
    value.every((field) => Number.isInteger(field) && field > 0 && field < FIELD_NUMBERS_MAX)
  );
}
