import { FLOW_BATCH } from '../record/batch.ts';
import { storedInputs } from '../record/fields/inputs.ts';
import { fieldByName } from '../record/fields/table.ts';
import {
  join,
  type AddressNode,
  type AddressRangeNode,
  type ListNode,
  type Node,
  type PatternNode,
  type PresentNode,
  type RangeNode,
  type TextNode,
} from './ast.ts';
import {
  selectAddress,
  selectAddressRange,
  selectAll,
  selectBits,
  selectComputed,
  selectComputedList,
  selectKind,
  selectList,
  selectNothing,
  selectPresent,
  selectRange,
  selectSource,
  selectValue,
  type Select,
} from './columns.ts';
import { addressLists, selectAddressList } from './address-list.ts';
import { addressTest } from './address-test.ts';
import { allOf, anyOf, noneOf, Scratch } from './combine.ts';
import { selectEitherAddress, selectEitherRange, twins } from './either.ts';
import { explain } from './explain.ts';
import { accessOf, readerOf, storedNumber, storedNumberOf } from './fields.ts';
import { MANAGEMENT_ZONE, outcomeOf } from './outcome.ts';
import { parseFilter } from './parser.ts';
import { Pattern } from './pattern.ts';
import { isOfLastLane, laneNeededBy, rankOf, type FilterStage } from './stages.ts';
import { remembering, selectBytes, selectText, textMatches } from './text-columns.ts';
import { selectTime, type TimeFields } from './time-columns.ts';
import type { Zone } from './zone.ts';

export interface Filter {
  /**
   * Keeps, in place and in their order, the first `count` row numbers of `rows` that match; returns how many stay. The
   * row numbers must be different ones of the batch. Works in space of the filter's own: not to be entered again from
   * within.
   */
  readonly select: Select;
  /** What `select` does one after the other, for who gets at columns only when they are asked for; none of the empty filter. */
  readonly stages: readonly FilterStage[];
  /** Numbers of the stored fields that it reads; a batch may lack all others. */
  readonly fields: ReadonlySet<number>;
  readonly source: string;
  /** What a server may be asked to select already: `source`, or the empty filter where it is to stay here. */
  readonly remote: string;
  /** False when no management record can match, whatever it holds. */
  readonly matchesManagement: boolean;
  /** False when no record of a block of which this is known can match; true tells nothing. */
  readonly mayMatch: (zone: Zone) => boolean;
  /** How it was understood, for people: some lines, a test each. */
  readonly explain: () => string;
}

/**
 * Compiles a filter; the empty one matches everything.
 * @param also what must be true besides
 * @throws FilterError (exit status 2) that points at the word
 */
export function compileFilter(source: string, also: readonly Node[] = []): Filter {
  const { node: words, isLocal } = parseFilter(source);
  const node = [...also, ...(words.kind === 'all' && also.length > 0 ? [] : [words])].reduce((a, b) =>
    join('and', a, b),
  );
  const compiler = new Compiler();
  const terms = node.kind === 'all' ? [] : node.kind === 'and' ? node.terms : [node];
  const parts = terms.map((term) => ({ stage: compiler.stage(term), rank: rankOf(term) }));
  const fields = new Set(parts.flatMap(({ stage }) => [...stage.fields]));
  const stages = parts.sort((a, b) => a.rank - b.rank).map(({ stage }) => stage);
  return {
    select: allOf(stages.map(({ select }) => select)),
    stages,
    fields,
    source,
    remote: isLocal ? '' : source,
    matchesManagement: outcomeOf(node, MANAGEMENT_ZONE).canMatch,
    mayMatch: (zone) => outcomeOf(node, zone).canMatch,
    explain: () => explain(node, fields),
  };
}

class Compiler {
  readonly #scratch = new Scratch();
  /** Numbers of the stored fields that the stage reads. */
  #fields = new Set<number>();
  /** Those of which it reads more than the last lane of an address. */
  #whole = new Set<number>();

  stage(node: Node): FilterStage {
    const fields = (this.#fields = new Set<number>());
    const whole = (this.#whole = new Set<number>());
    const select = this.compile(node, 0);
    return {
      select,
      fields,
      lastLanes: new Set([...fields].filter((field) => !whole.has(field))),
      needs: laneNeededBy(node),
    };
  }

  /** @param depth how many `or` and `not` lie around the node */
  compile(node: Node, depth: number): Select {
    switch (node.kind) {
      case 'all':
        return selectAll;
      case 'nothing':
        return selectNothing;
      case 'and':
        return allOf(node.terms.map((term) => this.compile(term, depth)));
      case 'or':
        return this.#either(node.terms) ?? anyOf(this.#alternatives(node.terms, depth + 1), this.#scratch, depth);
      case 'not':
        return noneOf(this.compile(node.term, depth + 1), this.#scratch, depth);
      case 'record':
        return selectKind(node.type);
      case 'source':
        return selectSource(node.source);
      case 'range':
      case 'list':
        return this.#number(node);
      case 'bits':
        return selectBits(this.#stored(node.field), node.mask);
      case 'present':
        return this.#present(node);
      case 'address':
      case 'addresses':
        return this.#address(node);
      case 'text':
        return this.#text(node);
      case 'pattern':
        return this.#pattern(node);
      case 'time':
        return selectTime(this.#timeFields(), node.relation, node.moments);
    }
  }

  /** One loop for two tests that ask the same of two stored fields. */
  #either(terms: readonly Node[]): Select | undefined {
    const [term] = terms;
    const fields = twins(terms)?.map((name) => [name, storedNumberOf(name)] as const);
    const [first, second] = fields ?? [];
    if (first?.[1] === undefined || second?.[1] === undefined) return undefined;
    if (term?.kind === 'range') {
      const names = [first[0], second[0]];
      if (names.some((name) => accessOf(name).stored === undefined)) return undefined;
      for (const name of names) this.#stored(name);
      return selectEitherRange(first[1], second[1], term, (field) => selectRange(field, term));
    }
    if (term?.kind !== 'address' || !isOfLastLane(term)) return undefined;
    for (const [, field] of [first, second]) this.#fields.add(field!);
    const { family, lanes, masks } = term;
    return selectEitherAddress(first[1], second[1], family, lanes[3], masks[3], (field) =>
      selectAddress(field, family, lanes, masks),
    );
  }

  /** Terms one of which is to be true; many addresses that a field may have are one of them. */
  #alternatives(terms: readonly Node[], depth: number): Select[] {
    const { lists, rest } = addressLists(terms);
    const selects = lists.map((list) => {
      this.#addressInputs(list.wanted[0]);
      return selectAddressList(list);
    });
    return [...selects, ...rest.map((term) => this.compile(term, depth))];
  }

  #stored(name: string): number {
    const number = storedNumber(name);
    this.#fields.add(number);
    this.#whole.add(number);
    return number;
  }

  #inputs(name: string): void {
    for (const number of storedInputs(name)) {
      this.#fields.add(number);
      this.#whole.add(number);
    }
  }

  #timeFields(): TimeFields {
    return { stime: this.#stored('stime'), stimens: this.#stored('stimens'), dur: this.#stored('dur') };
  }

  #number(node: RangeNode | ListNode): Select {
    this.#inputs(node.field);
    const access = accessOf(node.field);
    if (access.stored !== undefined)
      return node.kind === 'range' ? selectRange(access.stored, node) : selectList(access.stored, node.intervals);
    const select =
      node.kind === 'range' ? selectComputed(access.valueOf, node) : selectComputedList(access.valueOf, node.intervals);
    return storedNumberOf(node.field) === undefined ? select : allOf([selectKind(FLOW_BATCH), select]);
  }

  #present({ field }: PresentNode): Select {
    this.#inputs(field);
    const number = storedNumberOf(field);
    if (number === undefined) return selectValue(readerOf(field), () => true);
    const hasDefault = 'absent' in (fieldByName(field) ?? {});
    return hasDefault ? selectKind(FLOW_BATCH) : selectPresent(number);
  }

  /** @returns undefined for a field that is computed */
  #addressInputs(node: AddressNode | AddressRangeNode): number | undefined {
    const number = storedNumberOf(node.field);
    if (number !== undefined && node.kind === 'address' && isOfLastLane(node)) this.#fields.add(number);
    else this.#inputs(node.field);
    return number;
  }

  #address(node: AddressNode | AddressRangeNode): Select {
    const number = this.#addressInputs(node);
    if (number === undefined) return selectValue(readerOf(node.field), addressTest(node));
    if (node.kind === 'address') return selectAddress(number, node.family, node.lanes, node.masks);
    return selectAddressRange(number, node.family, node.low, node.high);
  }

  #text({ field, wanted, inside }: TextNode): Select {
    this.#inputs(field);
    const number = storedNumberOf(field);
    const all = new Set(wanted);
    const test = (text: string): boolean => all.has(text) === inside;
    if (number !== undefined) return selectText(number, test);
    return selectValue(readerOf(field), (value) => typeof value === 'string' && test(value));
  }

  #pattern({ field, pattern, inside }: PatternNode): Select {
    this.#inputs(field);
    const number = storedNumberOf(field);
    const compiled = new Pattern(pattern);
    const matches = textMatches(compiled);
    const test = (text: string): boolean => matches(text) === inside;
    if (number === undefined) {
      const remembered = remembering(test);
      return selectValue(readerOf(field), (value) => typeof value === 'string' && remembered(value));
    }
    return fieldByName(field)?.kind === 'bytes' ? selectBytes(number, compiled, inside) : selectText(number, test);
  }
}
