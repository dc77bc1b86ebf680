import { parsePattern, type ByteSet, type Expression } from './pattern-syntax.ts';

/** Deterministic states that are kept; beyond that they are forgotten and made again. */
const KEPT_STATES_MAX = 512;

/** One state of the machine: goes on over a byte, over nothing, or only at the start or end of the bytes. */
type State =
  | { readonly over: 'byte'; readonly set: ByteSet; readonly next: number }
  | { readonly over: 'nothing' | 'start' | 'end'; readonly next: readonly number[] }
  | { readonly over: 'match' };

/**
 * A regular expression that tells whether something in some bytes matches it. It runs as an automaton whose deterministic
 * states are made when they are first reached: one step a byte, whatever the expression and the bytes.
 */
export class Pattern {
  readonly source: string;
  readonly #states: State[] = [];
  readonly #start: number;
  /** Which kind of byte each byte is: those that no state tells apart are of one kind. */
  readonly #kindOf: Uint8Array;
  /** A byte of each kind. */
  readonly #sample: readonly number[];
  /** Next state by state and kind of byte; -1 where it is not known yet. */
  #steps = new Int32Array(0);
  /** Per deterministic state: 1 matches whatever comes, 2 matches if nothing comes. */
  #verdicts = new Uint8Array(KEPT_STATES_MAX);
  #members: number[][] = [];
  #byKey = new Map<string, number>();
  #first = -1;

  /** @throws PatternError */
  constructor(source: string) {
    this.source = source;
    const expression = parsePattern(source);
    const match = this.#add({ over: 'match' });
    this.#start = this.#build(expression, match);
    const { kindOf, sample } = kindsOfBytes(this.#states);
    this.#kindOf = kindOf;
    this.#sample = sample;
    this.#forget();
  }

  /** Whether something in `bytes` from `start` up to, not including, `end` matches. */
  test(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
    const kinds = this.#sample.length;
    let state = this.#first;
    for (let i = start; i < end; i++) {
      if (this.#verdicts[state] === 1) return true;
      const kind = this.#kindOf[bytes[i]!]!;
      const next = this.#steps[state * kinds + kind]!;
      state = next >= 0 ? next : this.#step(state, kind);
    }
    return this.#verdicts[state] !== 0;
  }

  #add(state: State): number {
    return this.#states.push(state) - 1;
  }

  /** Adds the states of an expression that goes on at `next`. @returns where it begins */
  #build(expression: Expression, next: number): number {
    switch (expression.kind) {
      case 'byte':
        return this.#add({ over: 'byte', set: expression.set, next });
      case 'start':
      case 'end':
        return this.#add({ over: expression.kind, next: [next] });
      case 'sequence':
        return expression.parts.reduceRight((after, part) => this.#build(part, after), next);
      case 'choice':
        return this.#add({ over: 'nothing', next: expression.parts.map((part) => this.#build(part, next)) });
      case 'repeat':
        return this.#repeat(expression.part, expression.min, expression.max, next);
    }
  }

  #repeat(part: Expression, min: number, max: number, next: number): number {
    let begin = next;
    if (max === Infinity) {
      const ways = [next];
      begin = this.#add({ over: 'nothing', next: ways });
      ways.push(this.#build(part, begin));
    } else {
      for (let i = min; i < max; i++) begin = this.#add({ over: 'nothing', next: [this.#build(part, begin), next] });
    }
    for (let i = 0; i < min; i++) begin = this.#build(part, begin);
    return begin;
  }

  /** Forgets all deterministic states but the first ones. */
  #forget(): void {
    this.#members = [];
    this.#byKey.clear();
    this.#verdicts.fill(0);
    this.#steps = new Int32Array(KEPT_STATES_MAX * this.#sample.length).fill(-1);
    this.#first = this.#stateOf(this.#closure([this.#start], 'start'));
  }

  /** The deterministic state after a byte of a kind. A match may begin at every byte. */
  #step(state: number, kind: number): number {
    const reached = this.#after(this.#members[state]!, kind);
    if (this.#members.length >= KEPT_STATES_MAX) {
      this.#forget();
      return this.#stateOf(reached);
    }
    const next = this.#stateOf(reached);
    this.#steps[state * this.#sample.length + kind] = next;
    return next;
  }

  #after(members: readonly number[], kind: number): number[] {
    const byte = this.#sample[kind]!;
    const reached = [this.#start];
    for (const member of members) {
      const state = this.#states[member]!;
      if (state.over === 'byte' && state.set[byte] === 1) reached.push(state.next);
    }
    return this.#closure(reached, undefined);
  }

  /** All states that are reached without a byte, in order. */
  #closure(from: readonly number[], place: 'start' | 'end' | undefined, alsoStart = false): number[] {
    const seen = new Set<number>();
    const left = [...from];
    for (let member = left.pop(); member !== undefined; member = left.pop()) {
      if (seen.has(member)) continue;
      seen.add(member);
      const state = this.#states[member]!;
      if (state.over === 'nothing' || state.over === place || (alsoStart && state.over === 'start'))
        left.push(...(state as { next: readonly number[] }).next);
    }
    return [...seen].toSorted((a, b) => a - b);
  }

  #stateOf(members: number[]): number {
    const isFirst = this.#members.length === 0;
    const key = isFirst ? '^' : members.join();
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const number = this.#members.push(members) - 1;
    this.#byKey.set(key, number);
    const matches = (all: readonly number[]): boolean => all.some((member) => this.#states[member]!.over === 'match');
    this.#verdicts[number] = matches(members) ? 1 : matches(this.#closure(members, 'end', isFirst)) ? 2 : 0;
    return number;
  }
}

/** Divides the bytes by what the states that step over bytes do with them. */
function kindsOfBytes(states: readonly State[]): { kindOf: Uint8Array; sample: number[] } {
  const kindOf = new Uint8Array(256);
  let count = 1;
  for (const state of states) {
    if (state.over !== 'byte') continue;
    const split = new Map<number, number>();
    count = 0;
    for (let byte = 0; byte < 256; byte++) {
      const key = kindOf[byte]! * 2 + state.set[byte]!;
      let kind = split.get(key);
      if (kind === undefined) split.set(key, (kind = count++));
      kindOf[byte] = kind;
    }
  }
  const sample = Array.from({ length: count }, (_, kind) => kindOf.indexOf(kind));
  return { kindOf, sample };
}
