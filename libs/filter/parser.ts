import { didYouMean } from '../core/nearest.ts';
import { join, type Node } from './ast.ts';
import { checkComparison, checkPresence, isBareValue } from './check-field.ts';
import { checkId, type Qualifiers } from './check-id.ts';
import { FilterError } from './errors.ts';
import { isFieldWord } from './fields.ts';
import { REMOTE_BYTES_MAX, tokenize, type Token } from './lexer.ts';
import type { Comparison } from './numbers.ts';
import { fault, type Place } from './place.ts';
import { GROUP_WORDS, PLAIN_WORDS, REFUSED_WORDS, SIDED_WORDS, sidedTest, type SidedWord } from './plain-words.ts';
import { nearestField, nearestTest } from './suggest.ts';
import { looksLikeAddress, protocolNode } from './values.ts';
import { ON_ETHERNET, PROTOCOL_NUMBERS, TYPES, type Direction, type Type } from './words.ts';

/** Most tests in one filter, where each value of a list counts; one with more than the second stays with the reader. */
export const FILTER_TERMS_MAX = 4096;
export const REMOTE_TERMS_MAX = 256;

/** Deepest nesting of parentheses and `not`. */
export const FILTER_DEPTH_MAX = 64;

const NUMBER_HINT = "Say what the number is: 'port 80', 'host 10.0.0.1', 'pkts gt 80'.";

const EXPECTED: Readonly<Record<Type, string>> = {
  host: 'an address',
  net: 'a network such as 10.0.0.0/8',
  port: 'a port',
  proto: 'a protocol',
  srcid: 'a source id',
  encaps: 'an encapsulation such as gre',
};

export interface ParsedFilter {
  readonly node: Node;
  /** It is for this reader only: `local` stands before it, it holds a regular expression, or it is more than servers bear. */
  readonly isLocal: boolean;
}

/**
 * Parses and checks a filter. `and` and `or` have one precedence and associate to the left, `not` binds tightest, and a
 * number or address without a word before it takes the words of the test before it: `tcp dst port 80 or 443`.
 * @param nowMs the present, milliseconds since the epoch, by which times are completed
 * @throws FilterError with the place and the nearest word
 */
export function parseFilter(source: string, nowMs: number = Date.now()): ParsedFilter {
  return new Parser(source, nowMs).filter();
}

const isKnownWord = (word: string): boolean => Object.hasOwn(PLAIN_WORDS, word) || Object.hasOwn(SIDED_WORDS, word);

function hasPattern(node: Node): boolean {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.terms.some(hasPattern);
    case 'not':
      return hasPattern(node.term);
    default:
      return node.kind === 'pattern';
  }
}

/** Words that people write behind a number, and what filters have for them. */
const UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    s: 's sec secs second seconds',
    ms: 'ms',
    us: 'us',
    ns: 'ns',
    m: 'm min mins minute minutes',
    h: 'h hour hours',
    d: 'd day days',
    k: 'k K kb kB KB',
    M: 'M MB',
    G: 'G GB',
    T: 'T TB',
  }).flatMap(([unit, words]) => words.split(' ').map((word) => [word, unit] as const)),
);

class Parser {
  readonly #source: string;
  readonly #nowMs: number;
  readonly #tokens: readonly Token[];
  #next = 0;
  #terms = 0;
  /** Words before the last id, for ids that come without. */
  #inherited: Qualifiers | undefined;

  constructor(source: string, nowMs: number) {
    this.#source = source;
    this.#nowMs = nowMs;
    this.#tokens = tokenize(source);
  }

  filter(): ParsedFilter {
    const isLocal = this.#peekText() === 'local';
    if (isLocal) this.#next += 1;
    if (this.#tokens.length === this.#next) return { node: { kind: 'all' }, isLocal };
    const node = this.#expression(0, undefined);
    const rest = this.#peek();
    if (rest === undefined) return { node, isLocal: isLocal || this.#isTooMuch() || hasPattern(node) };
    if (rest.kind === 'close') throw this.#error(rest.at, "a ')' without its '('");
    throw new FilterError(this.#source, rest.at, `expected 'and' or 'or' before '${rest.text}'`, this.#hintFor(rest));
  }

  /** Why a word may stand where none can. */
  #hintFor({ text }: Token): string {
    const before = this.#tokens[this.#next - 1]?.text ?? '';
    const unit = UNITS.get(text);
    if (/^\d/.test(before) && unit !== undefined) return `A unit follows its number without a blank: ${before}${unit}.`;
    const hint = didYouMean(text, ['and', 'or']) || nearestTest(text);
    return hint.includes(`'${text}'`) ? '' : hint; // the word is right, only not here
  }

  #isTooMuch(): boolean {
    return this.#terms > REMOTE_TERMS_MAX || Buffer.byteLength(this.#source) > REMOTE_BYTES_MAX;
  }

  /** @param within words before an opening parenthesis, as in `port (80 or 443)`: inside are ids only */
  #expression(depth: number, within: Qualifiers | undefined): Node {
    let left = this.#term(depth, within);
    for (;;) {
      const operator = this.#peek()?.kind;
      if (operator !== 'and' && operator !== 'or') return left;
      this.#next += 1;
      left = join(operator, left, this.#term(depth, within));
    }
  }

  #term(depth: number, within: Qualifiers | undefined): Node {
    const token = this.#peek();
    if (token !== undefined && depth > FILTER_DEPTH_MAX)
      throw this.#error(token.at, `more than ${FILTER_DEPTH_MAX} levels of parentheses and 'not'`);
    if (token?.kind === 'not') {
      this.#next += 1;
      return { kind: 'not', term: this.#term(depth + 1, within) };
    }
    if (token?.kind === 'open') return this.#group(depth, within);
    this.#count();
    return within === undefined ? this.#test(depth) : this.#id(within);
  }

  #group(depth: number, within: Qualifiers | undefined): Node {
    const open = this.#tokens[this.#next++]!;
    const node = this.#expression(depth + 1, within);
    const close = this.#peek();
    if (close === undefined) throw this.#error(open.at, "a '(' without its ')'");
    if (close.kind !== 'close') throw this.#error(close.at, `expected 'and', 'or' or ')' before '${close.text}'`);
    this.#next += 1;
    return node;
  }

  #count(): void {
    this.#terms += 1;
    const token = this.#peek();
    if (token !== undefined && this.#terms > FILTER_TERMS_MAX)
      throw this.#error(token.at, `more than ${FILTER_TERMS_MAX} tests`);
  }

  /** `[protocol] [direction] [type] id`, `[direction] field [comparison] value`, or a word that is a test by itself. */
  #test(depth: number): Node {
    const text = this.#peekText();
    if (text === 'has') return this.#presence();
    if (text !== undefined && Object.hasOwn(PLAIN_WORDS, text) && !this.#isField(text))
      return this.#plain(PLAIN_WORDS[text]!);
    const ethernet = text === 'ether' || text === 'link';
    const protocol = text === undefined || this.#isCompared() ? undefined : protocolNode(text);
    if (ethernet || protocol !== undefined) {
      if (this.#isNumberOf(text)) return this.#comparison(undefined, PROTOCOL_NUMBERS[text ?? '']);
      this.#next += 1;
      const groups = ethernet ? GROUP_WORDS.ether : /^ip(v?[46])?$/.test(text ?? '') ? GROUP_WORDS.ip : undefined;
      const group = this.#sided(groups ?? {});
      if (group !== undefined) return protocol === undefined ? group : join('and', protocol, group);
      if (!this.#atQualifier()) {
        this.#inherited = undefined;
        return protocol ?? ON_ETHERNET;
      }
    }
    if (!ethernet && protocol === undefined) {
      const sided = this.#sided(SIDED_WORDS);
      if (sided !== undefined) return sided;
    }
    const direction = this.#direction();
    const type = this.#type();
    if (type !== undefined) {
      const qualifiers: Qualifiers = { protocol, ethernet, direction: direction ?? 'any', type };
      return this.#peek()?.kind === 'open' ? this.#group(depth, qualifiers) : this.#id(qualifiers);
    }
    const word = this.#peekText();
    if (word !== undefined && isFieldWord(word) && !ethernet && protocol === undefined)
      return this.#comparison(direction);
    return this.#bareId(direction, protocol, ethernet);
  }

  #plain(node: Node): Node {
    this.#next += 1;
    this.#inherited = undefined;
    return node;
  }

  /** `has tcprtt`: there is a value. */
  #presence(): Node {
    this.#next += 1;
    const field = this.#take('a field');
    this.#inherited = undefined;
    return checkPresence(field, nearestField(field.text));
  }

  /** A word such as `src syn`; nothing is taken when it is none. */
  #sided(words: Readonly<Record<string, SidedWord>>): Node | undefined {
    const start = this.#next;
    const direction = this.#direction();
    const word = this.#peekText();
    if (word !== undefined && Object.hasOwn(words, word) && !this.#isField(word))
      return this.#plain(sidedTest(words[word]!, direction));
    this.#next = start;
    return undefined;
  }

  /** Whether a word that is a test by itself is meant as a field: `retrans gt 5`, `mss 1460`. */
  #isField(word: string): boolean {
    if (!isFieldWord(word)) return false;
    return this.#isCompared() || this.#peekText(1) === 'in' || this.#isNumber(1);
  }

  /** `vlan 100`, `mpls gt 16`. */
  #isNumberOf(protocol: string | undefined): boolean {
    return (
      protocol !== undefined &&
      Object.hasOwn(PROTOCOL_NUMBERS, protocol) &&
      (this.#isNumber(1) || this.#peekText(1) === 'in')
    );
  }

  #isNumber(ahead: number): boolean {
    return /^[+-]?\.?\d/.test(this.#peekText(ahead) ?? '') && !looksLikeAddress(this.#peekText(ahead) ?? '');
  }

  /** An id whose type is seen from its looks, or taken from the test before it. */
  #bareId(direction: Direction | undefined, protocol: Node | undefined, ethernet: boolean): Node {
    const qualified = ethernet || protocol !== undefined || direction !== undefined;
    const word = this.#take(qualified ? "an address, 'host', 'net' or 'port'" : 'a test');
    this.#next -= 1;
    const inherited = ethernet || protocol !== undefined ? undefined : this.#inherited;
    const ofAddresses = inherited !== undefined && inherited.type !== 'port' && inherited.type !== 'proto';
    if (looksLikeAddress(word.text) && !ofAddresses)
      return this.#id({ protocol, ethernet, direction: direction ?? 'any', type: 'host' });
    if (inherited !== undefined) return this.#id({ ...inherited, direction: direction ?? inherited.direction });
    if (isBareValue(word.text)) throw fault(word, `'${word.text}' without a word that says what it is`, NUMBER_HINT);
    const sign = this.#tokens[this.#next + 1];
    if (sign?.kind === 'compare' && (isKnownWord(word.text) || protocolNode(word.text) !== undefined))
      throw this.#afterTest(word, sign);
    const refusal = Object.hasOwn(REFUSED_WORDS, word.text) ? REFUSED_WORDS[word.text] : undefined;
    if (refusal !== undefined) throw fault(word, `'${word.text}' cannot be answered`, refusal);
    const kind = qualified ? "an address, 'host', 'net' or 'port'" : 'a test';
    throw fault(word, `'${word.text}' is not ${kind}`, nearestTest(word.text));
  }

  #afterTest({ text }: Place, sign: Token): FilterError {
    const hint = sign.text === '&' ? "Did you mean '&&'?" : '';
    return new FilterError(this.#source, sign.at, `'${text}' is a test by itself: unexpected '${sign.text}'`, hint);
  }

  #id(qualifiers: Qualifiers): Node {
    const comparison = this.#comparisonSign();
    const ids = this.#values(EXPECTED[qualifiers.type], comparison);
    this.#inherited = qualifiers;
    if (qualifiers.type !== 'net' || this.#peekText() !== 'mask') return checkId(ids, qualifiers, comparison);
    this.#next += 1;
    return checkId(ids, qualifiers, comparison, this.#take('a mask such as 255.255.0.0'));
  }

  /** @param meant the field, where the word is of a protocol */
  #comparison(direction: Direction | undefined, meant?: string): Node {
    const field = this.#take('a field');
    const comparison = this.#comparisonSign();
    const values = this.#values(`a comparison such as '${field.text} gt 10'`, comparison);
    this.#inherited = undefined;
    const place = meant === undefined ? field : { ...field, text: meant };
    return checkComparison(place, direction, comparison ?? 'eq', values, this.#nowMs);
  }

  /** One value, or `in (…)` with several, which commas may divide. */
  #values(expected: string, comparison: Comparison | undefined): readonly [Place, ...Place[]] {
    const isList = comparison === undefined && this.#peekText() === 'in';
    if (!isList) return [this.#take(expected)];
    this.#next += 1;
    const open = this.#peek();
    if (open?.kind !== 'open') throw this.#error(open?.at ?? this.#source.length, "expected '(' after 'in'");
    this.#next += 1;
    const first = this.#take(expected);
    const values: [Place, ...Place[]] = [first];
    while (this.#peek()?.kind !== 'close') {
      if (this.#peek() === undefined) throw this.#error(open.at, "a '(' without its ')'");
      if (this.#peek()?.kind === 'comma') this.#next += 1;
      this.#count();
      values.push(this.#take('a value'));
    }
    this.#next += 1;
    return values;
  }

  #comparisonSign(): Comparison | undefined {
    const token = this.#peek();
    if (token?.kind !== 'compare') return undefined;
    this.#next += 1;
    return token.comparison;
  }

  /** `src`, `dst`, `src or dst`, `src and dst`, `dst or src`, `dst and src`. */
  #direction(): Direction | undefined {
    const first = this.#peekText();
    if (first !== 'src' && first !== 'dst') return undefined;
    this.#next += 1;
    const operator = this.#peek()?.kind;
    if ((operator !== 'or' && operator !== 'and') || this.#peekText(1) !== (first === 'src' ? 'dst' : 'src'))
      return first;
    this.#next += 2;
    return operator === 'or' ? 'any' : 'both';
  }

  #type(): Type | undefined {
    const text = this.#peekText();
    const type = text === undefined ? undefined : TYPES.get(text);
    if (type !== undefined) this.#next += 1;
    return type;
  }

  #atQualifier(): boolean {
    const text = this.#peekText();
    return text !== undefined && (text === 'src' || text === 'dst' || TYPES.has(text));
  }

  #isCompared(): boolean {
    return this.#tokens[this.#next + 1]?.kind === 'compare';
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  /** Text of the token `ahead` places further, when it is a word. */
  #peekText(ahead = 0): string | undefined {
    const token = this.#tokens[this.#next + ahead];
    return token?.kind === 'word' ? token.text : undefined;
  }

  #take(expected: string): Place {
    const token = this.#peek();
    if (token === undefined) throw this.#error(this.#source.length, `expected ${expected}`);
    if (token.kind !== 'word') throw this.#error(token.at, `expected ${expected} before '${token.text}'`);
    this.#next += 1;
    return { source: this.#source, text: token.text, at: token.at };
  }

  #error(at: number, problem: string): FilterError {
    return new FilterError(this.#source, at, problem);
  }
}
