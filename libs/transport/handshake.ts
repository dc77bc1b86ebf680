import { FIELD_NUMBERS_MAX } from '../record/batch.ts';
import type { Position } from '../record/ledger.ts';
import { encodeMessage, MESSAGE_BYTES_MAX } from './message.ts';

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
  /** Under which the server keeps records while the client is away; empty for a client that begins with now. */
  readonly name: string;
  /** What the client has already, up to which number of each origin; it need not be sent again. */
  readonly have: readonly Position[];
  /** The secret that the client and the server share; empty for none. */
  readonly token: string;
}

/**
 * Why a server sends a client away: too many readers, another version, a filter that is not understood, a hello that is
 * none, no hello in time, the server is about to end, it does not let this client in, or TLS failed (which only
 * the server's own count tells).
 */
export const REFUSALS = ['full', 'version', 'filter', 'hello', 'silent', 'closing', 'access', 'tls'] as const;
export type Refusal = (typeof REFUSALS)[number];

/** What the server answers; after a refusal it closes. */
export type Answer =
  | { readonly ok: true; readonly program: string }
  | { readonly ok: false; readonly refusal: Refusal; readonly reason: string };

const PROGRAM_CHARACTERS_MAX = 64;
const FILTER_CHARACTERS_MAX = 4096;
const REASON_CHARACTERS_MAX = 1024;
const TOKEN_CHARACTERS_MAX = 512;
/** Most origins that a hello tells of. */
export const POSITIONS_MAX = 1000;
const SOURCE_CHARACTERS_MAX = 256;
/** Of a position beside its source, at most; and of all that a hello tells, so that it fits a message with what else it says. */
const POSITION_BYTES = 24;
const HAVE_BYTES_MAX = MESSAGE_BYTES_MAX - 32 * 1024;
const NAME = /^[\w.:@+-]{1,128}$/;

/** Whether a reader can be called that. */
export function isReaderName(name: string): boolean {
  return NAME.test(name);
}

export function encodeHello({ version, program, filter, fields, name, have, token }: Hello): Uint8Array {
  const content = new Map<string, unknown>([
    ['version', version],
    ['program', program.slice(0, PROGRAM_CHARACTERS_MAX)],
  ]);
  if (filter !== '') content.set('filter', filter);
  if (fields !== undefined) content.set('fields', fields);
  if (name !== '') content.set('name', name);
  if (have.length > 0) content.set('have', fitting(have).map(({ origin, end }) => [origin.source, origin.run, end])); // prettier-ignore
  if (token !== '') content.set('token', token);
  return encodeMessage(content);
}

/** Of what is had as much as there is room for; the rest is sent again, and left out then. */
function fitting(have: readonly Position[]): readonly Position[] {
  let bytes = 0;
  const fits = ({ origin }: Position): boolean => (bytes += Buffer.byteLength(origin.source) + POSITION_BYTES) <= HAVE_BYTES_MAX; // prettier-ignore
  return have.slice(0, POSITIONS_MAX).filter(fits);
}

/** The hello that a message holds, or what is wrong with it. */
export function helloOf(content: ReadonlyMap<unknown, unknown>): Hello | { readonly problem: string } {
  const version = content.get('version');
  const program = content.get('program');
  const filter = content.get('filter') ?? '';
  const fields = content.get('fields');
  const name = content.get('name') ?? '';
  const token = content.get('token') ?? '';
  const have = positionsOf(content.get('have') ?? []);
  if (typeof version !== 'number' || !Number.isInteger(version)) return { problem: 'a hello without a version' };
  if (!isText(program, PROGRAM_CHARACTERS_MAX)) return { problem: 'a hello without a program' };
  if (!isText(filter, FILTER_CHARACTERS_MAX)) return { problem: 'a filter that is no text, or too long' };
  if (fields !== undefined && !isFieldList(fields)) return { problem: 'a list of fields that is none' };
  if (typeof name !== 'string' || (name !== '' && !isReaderName(name))) return { problem: 'a name that is none' };
  if (!isText(token, TOKEN_CHARACTERS_MAX)) return { problem: 'a token that is no text, or too long' };
  if (have === undefined) return { problem: 'a list of what it has that is none' };
  return { version, program, filter, fields, name, have, token };
}

function positionsOf(value: unknown): Position[] | undefined {
  if (!Array.isArray(value) || value.length > POSITIONS_MAX) return undefined;
  const positions: Position[] = [];
  for (const each of value as unknown[]) {
    if (!Array.isArray(each)) return undefined;
    const [source, run, end] = each as unknown[];
    if (!isText(source, SOURCE_CHARACTERS_MAX) || !isCount(run) || !isCount(end)) return undefined;
    positions.push({ origin: { source, run }, end });
  }
  return positions;
}

/** What a named client says now and then: it has the first `frames` frames of this connection in safe keeping. */
export function encodeAcknowledgement(frames: number): Uint8Array {
  return encodeMessage(new Map([['ack', frames]]));
}

/** The frames that a message acknowledges; undefined when it does not. */
export function acknowledgementOf(content: ReadonlyMap<unknown, unknown>): number | undefined {
  const frames = content.get('ack');
  return isCount(frames) ? frames : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
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
