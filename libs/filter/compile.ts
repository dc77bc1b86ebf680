import { FLOW_BATCH, MANAGEMENT_BATCH } from '../record/batch.ts';
import { storedInputs } from '../record/fields/inputs.ts';
import type { Node } from './ast.ts';
import {
  selectAddress,
  selectAll,
  selectBits,
  selectComputed,
  selectKind,
  selectPresent,
  selectRange,
  selectSource,
  type Select,
} from './columns.ts';
import { allOf, anyOf, noneOf, Scratch } from './combine.ts';
import { accessOf, mayManagementHave, storedNumber } from './fields.ts';
import { parseFilter } from './parser.ts';

export interface Filter {
  /**
   * Keeps, in place and in their order, the first `count` row numbers of `rows` that match; returns how many stay. The
   * row numbers must be different ones of the batch. Works in space of the filter's own: not to be entered again from
   * within.
   */
  readonly select: Select;
  /** Numbers of the stored fields that it reads; a batch may lack all others. */
  readonly fields: ReadonlySet<number>;
  readonly source: string;
  /** False when no management record can match, whatever it holds. */
  readonly matchesManagement: boolean;
}

/**
 * Compiles a filter; the empty one matches everything.
 * @throws FilterError (exit status 2) that points at the word
 */
export function compileFilter(source: string): Filter {
  const node = parseFilter(source);
  const fields = new Set<number>();
  return {
    select: compile(node, new Scratch(), 0, fields),
    fields,
    source,
    matchesManagement: onManagement(node).canMatch,
  };
}

/** @param fields gets the numbers of the stored fields that the node reads */
function compile(node: Node, scratch: Scratch, depth: number, fields: Set<number>): Select {
  const stored = (name: string): number => {
    const number = storedNumber(name);
    fields.add(number);
    return number;
  };
  switch (node.kind) {
    case 'all':
      return selectAll;
    case 'and':
      return allOf(node.terms.map((term) => compile(term, scratch, depth, fields)));
    case 'or':
      return anyOf(
        node.terms.map((term) => compile(term, scratch, depth + 1, fields)),
        scratch,
        depth,
      );
    case 'not':
      return noneOf(compile(node.term, scratch, depth + 1, fields), scratch, depth);
    case 'record':
      return selectKind(node.type);
    case 'range': {
      const access = accessOf(node.field);
      for (const number of storedInputs(node.field)) fields.add(number);
      return access.stored === undefined ? selectComputed(access.valueOf, node) : selectRange(access.stored, node);
    }
    case 'bits':
      return selectBits(stored(node.field), node.mask);
    case 'present':
      return selectPresent(stored(node.field));
    case 'address':
      return selectAddress(stored(node.field), node.family, node.lanes, node.masks);
    case 'source':
      return selectSource(node.source);
  }
}

/** Whether some management record can match, and whether some can fail to: both where it depends on the record. */
interface Outcome {
  readonly canMatch: boolean;
  readonly canFail: boolean;
}

function onManagement(node: Node): Outcome {
  switch (node.kind) {
    case 'all':
      return { canMatch: true, canFail: false };
    case 'record':
      return { canMatch: node.type === MANAGEMENT_BATCH, canFail: node.type === FLOW_BATCH };
    case 'not': {
      const { canMatch, canFail } = onManagement(node.term);
      return { canMatch: canFail, canFail: canMatch };
    }
    case 'and': {
      const terms = node.terms.map(onManagement);
      return { canMatch: terms.every((term) => term.canMatch), canFail: terms.some((term) => term.canFail) };
    }
    case 'or': {
      const terms = node.terms.map(onManagement);
      return { canMatch: terms.some((term) => term.canMatch), canFail: terms.every((term) => term.canFail) };
    }
    case 'source':
      return { canMatch: true, canFail: true };
    case 'range':
    case 'bits':
    case 'present':
    case 'address':
      return { canMatch: mayManagementHave(node.field), canFail: true };
  }
}
