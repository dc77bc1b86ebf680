import { FIELDS, type FieldName } from '../fields/table.ts';
import type { TextBuffer } from './text-buffer.ts';

/** Select Graphic Rendition (ECMA-48 §8.3.117). */
const sgr = (code: number): string => `\u001b[${code}m`;
const BOLD = sgr(1);
const FAINT = sgr(2);
const RED = sgr(31);
const YELLOW = sgr(33);
const PLAIN = sgr(0);

const BLANK = 0x20;

/** States of what was refused, broken off or not delivered, and of what was asked and not answered. */
const FAILED = /^(RST|TIM|ERR|UR|TXD|RED|PAR)/;
const UNANSWERED = /^(REQ|ACC|INT)/;

const LOSSES: ReadonlySet<FieldName> = new Set([
  'loss', 'sloss', 'dloss', 'ploss', 'sploss', 'dploss', 'retrans', 'sretrans', 'dretrans', 'pretrans', 'spretrans',
  'dpretrans', 'slost', 'dlost', 'sgap', 'dgap',
] satisfies FieldName[]); // prettier-ignore

/** Which colour a text has; undefined for none. */
export type Tone = (text: string) => string | undefined;

const stateTone: Tone = (text) => (FAILED.test(text) ? RED : UNANSWERED.test(text) ? YELLOW : undefined);
const lossTone: Tone = (text) => (Number(text) > 0 ? RED : undefined);

/** How a column's values are coloured; undefined where they never are. */
export function toneOf(name: FieldName): Tone | undefined {
  if (FIELDS[name].format === 'state') return stateTone;
  return LOSSES.has(name) ? lossTone : undefined;
}

/** Colours what was written from `start`, less the blanks around it. */
export function tint(out: TextBuffer, start: number, tone: Tone): void {
  let from = start;
  let { end } = out;
  while (from < end && out.bytes[from] === BLANK) from += 1;
  while (end > from && out.bytes[end - 1] === BLANK) end -= 1;
  const color = tone(out.bytes.toString('latin1', from, end));
  if (color === undefined) return;
  const text = out.bytes.toString('utf8', from, end);
  const blanks = out.end - end;
  out.end = from;
  out.text(`${color}${text}${PLAIN}${' '.repeat(blanks)}`);
}

export const bold = (text: string): string => `${BOLD}${text}${PLAIN}`;

/** Makes what was written from `start` fainter than the rest. */
export function fade(out: TextBuffer, start: number): void {
  const text = out.bytes.toString('utf8', start, out.end);
  out.end = start;
  out.text(`${FAINT}${text}${PLAIN}`);
}
