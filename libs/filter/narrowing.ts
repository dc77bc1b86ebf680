import type { TimeRange } from '../time/range.ts';
import { join, type Node, type PatternNode } from './ast.ts';
import { checkPattern } from './check-field.ts';

/**
 * Records whose time is in one of the ranges, apart from those negated, in none of which it is.
 * @param times at least one
 */
export function timesNode(times: readonly TimeRange[]): Node {
  const node = ({ relation, moments, text }: TimeRange): Node => ({ kind: 'time', relation, moments, text });
  const wanted = times.filter(({ negated }) => !negated).map(node);
  const unwanted = times.filter(({ negated }) => negated).map((time): Node => ({ kind: 'not', term: node(time) }));
  const any = wanted.length === 0 ? [] : [wanted.reduce((a, b) => join('or', a, b))];
  return [...any, ...unwanted].reduce((a, b) => join('and', a, b));
}

/**
 * Records in whose user data a regular expression matches: of either side, or after `s:` or `d:` of that one. A dot stands for the
 * ends of lines too, as it does for Argus.
 * @throws FilterError when it is none
 */
export function payloadNode(text: string): Node {
  const [, side, source = ''] = /^(?:([sd]):)?(.*)$/s.exec(text) ?? [];
  const pattern = overLines(source);
  checkPattern({ source: text, text: source, at: text.length - source.length }, pattern);
  const node = (field: string): PatternNode => ({ kind: 'pattern', field, pattern, inside: true });
  return side === undefined ? join('or', node('suser'), node('duser')) : node(`${side}user`);
}

/** The same expression, where a dot stands for a line feed too. */
function overLines(pattern: string): string {
  const [flags = '', letters = ''] = /^\(\?([is]+)\)/.exec(pattern) ?? [];
  return `(?s${letters})${pattern.slice(flags.length)}`;
}
