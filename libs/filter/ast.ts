import type { BatchKind } from '../record/batch.ts';

/**
 * A filter after parsing and checking: every name is known, every number is in range. A test that asks for a value that a
 * record does not have is false; its negation is therefore true.
 */
export type Node =
  | AllNode
  | BothNode
  | EitherNode
  | NotNode
  | RecordNode
  | RangeNode
  | BitsNode
  | PresentNode
  | AddressNode
  | SourceNode;

/** Every record: the empty filter. */
export interface AllNode {
  readonly kind: 'all';
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

/** Any of the bits of `mask` is set in a stored numeric field. */
export interface BitsNode {
  readonly kind: 'bits';
  readonly field: string;
  readonly mask: number;
}

/** The record has a value for a stored field. */
export interface PresentNode {
  readonly kind: 'present';
  readonly field: string;
}

/** A stored address of one family of which the bits under the masks are those of `lanes`. */
export interface AddressNode {
  readonly kind: 'address';
  readonly field: string;
  readonly family: number;
  /** Unsigned, most significant first, zero outside the masks. */
  readonly lanes: Lanes;
  readonly masks: Lanes;
}

export type Lanes = readonly [number, number, number, number];

/** The source id of the probe that made the record. */
export interface SourceNode {
  readonly kind: 'source';
  readonly source: string;
}

/** Joins two terms; a chain of one operator becomes one node, so that nesting follows parentheses only. */
export function join(kind: 'and' | 'or', left: Node, right: Node): Node {
  const terms = (node: Node): readonly Node[] => (node.kind === kind ? node.terms : [node]);
  return { kind, terms: [...terms(left), ...terms(right)] };
}
