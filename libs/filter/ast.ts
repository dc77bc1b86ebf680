import type { BatchKind } from '../record/batch.ts';
import type { Moments } from '../time/moments.ts';
import type { TimeRelation } from '../time/range.ts';

/**
 * A filter after parsing and checking: every name is known, every number is in range. A test that asks for a value that a
 * record does not have is false; its negation is therefore true.
 */
export type Node =
  | AllNode
  | NothingNode
  | BothNode
  | EitherNode
  | NotNode
  | RecordNode
  | RangeNode
  | ListNode
  | BitsNode
  | PresentNode
  | AddressNode
  | AddressRangeNode
  | TextNode
  | PatternNode
  | TimeNode
  | SourceNode;

/** Every record: the empty filter. */
export interface AllNode {
  readonly kind: 'all';
}

/** No record: the test of a value that no record has. */
export interface NothingNode {
  readonly kind: 'nothing';
  /** Why no record has it, as a clause. */
  readonly why: string;
}

/** Two terms or more, from left to right. */
export interface BothNode {
  readonly kind: 'and';
  readonly terms: readonly Node[];
}

export interface EitherNode {
  readonly kind: 'or';
  readonly terms: readonly Node[];
}

export interface NotNode {
  readonly kind: 'not';
  readonly term: Node;
}

/** Records of one kind: `man`, `far`. */
export interface RecordNode {
  readonly kind: 'record';
  readonly type: BatchKind;
}

/** A number that lies within `low … high`, both included, or with `inside` false one that lies outside. */
export interface RangeNode {
  readonly kind: 'range';
  /** A stored numeric field or a derived one; the bounds are in the unit in which its values are held. */
  readonly field: string;
  readonly low: number;
  readonly high: number;
  readonly inside: boolean;
}

/** A number that lies in one of some intervals. */
export interface ListNode {
  readonly kind: 'list';
  /** As in `RangeNode`. */
  readonly field: string;
  /** In order, and apart from each other. */
  readonly intervals: readonly Interval[];
}

/** Numbers from `low` to `high`, both included. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Any of the bits of `mask` is set in a stored numeric field. */
export interface BitsNode {
  readonly kind: 'bits';
  readonly field: string;
  readonly mask: number;
}

/** The record has a value for a field. */
export interface PresentNode {
  readonly kind: 'present';
  readonly field: string;
}

/** An address of one family of which the bits under the masks are those of `lanes`. */
export interface AddressNode {
  readonly kind: 'address';
  readonly field: string;
  readonly family: number;
  /** Unsigned, most significant first, zero outside the masks. */
  readonly lanes: Lanes;
  readonly masks: Lanes;
}

/** An address of one family from `low` to `high`, both included. */
export interface AddressRangeNode {
  readonly kind: 'addresses';
  readonly field: string;
  readonly family: number;
  /** As records hold them: unsigned, most significant first. */
  readonly low: Lanes;
  readonly high: Lanes;
}

/** A text that is one of `wanted`, or with `inside` false is none of them. */
export interface TextNode {
  readonly kind: 'text';
  readonly field: string;
  readonly wanted: readonly string[];
  readonly inside: boolean;
}

/** A text, or user data, in which something matches a regular expression; with `inside` false nothing does. */
export interface PatternNode {
  readonly kind: 'pattern';
  readonly field: string;
  /** In the syntax of `pattern-syntax.ts`. */
  readonly pattern: string;
  readonly inside: boolean;
}

/** How the time of a record, from its first packet to its last, lies to an interval of `moments`. */
export interface TimeNode {
  readonly kind: 'time';
  readonly relation: TimeRelation;
  readonly moments: Moments;
  /** As people wrote it. */
  readonly text: string;
}

export type Lanes = readonly [number, number, number, number];

/** The source id of the probe that made the record, with the name of an interface or on any. */
export interface SourceNode {
  readonly kind: 'source';
  readonly source: string;
}

/** Joins two terms; a chain of one operator becomes one node, so that nesting follows parentheses only. */
export function join(kind: 'and' | 'or', left: Node, right: Node): Node {
  const terms = (node: Node): readonly Node[] => (node.kind === kind ? node.terms : [node]);
  return { kind, terms: [...terms(left), ...terms(right)] };
}
