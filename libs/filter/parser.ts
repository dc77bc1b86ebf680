import { didYouMean } from '../core/nearest.ts';
import { join, type Node } from './ast.ts';
import { checkComparison, checkId, type Place, type Qualifiers } from './check.ts';
import { FilterError } from './errors.ts';
import { isFieldWord } from './fields.ts';
import { tokenize, type Token } from './lexer.ts';
import type { Comparison } from './numbers.ts';
import { nearestTest } from './suggest.ts';
import { looksLikeAddress, protocolNode } from './values.ts';
import { PLAIN_WORDS, TYPES, type Direction, type Type } from './words.ts';

/** Most tests in one filter. */
export const FILTER_TERMS_MAX = 256;

/** Deepest nesting of parentheses and `not`. */
export const FILTER_DEPTH_MAX = 64;

const NUMBER_HINT = "Say what the number is: 'port 80', 'host 10.0.0.1', 'pkts gt 80'.";

const EXPECTED: Readonly<Record<Type, string>> = {
  host: 'an address',
  net: 'a network such as 10.0.0.0/8',
  port: 'a port',
  proto: 'a protocol',
  srcid: 'a source id',
  inode: 'an address',
};

/**
 * Parses and checks a filter. `and` and `or` have one precedence and associate to the left, `not` binds tightest, and a
 * number or address without a word before it takes the words of the test before it: `tcp dst port 80 or 443`.
 * @throws FilterError with the place and the nearest word
 */
export function parseFilter(source: string): Node {
  return new Parser(source).filter();
}

class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #terms = 0;
  /** Words before the last id, for ids that come without. */
  #inherited: Qualifiers | undefined;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokenize(source);
  }

  filter(): Node {
    if (this.#tokens.length === 0) return { kind: 'all' };
    const node = this.#expression(0, undefined);
    const rest = this.#peek();
    if (rest === undefined) return node;
    if (rest.kind === 'close') throw this.#error(rest.at, "a ')' without its '('");
    const hint = didYouMean(rest.text, ['and', 'or']);
    throw new FilterError(this.#source, rest.at, `expected 'and' or 'or' before '${rest.text}'`, hint);
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
    this.#terms += 1;
    if (token !== undefined && this.#terms > FILTER_TERMS_MAX)
      throw this.#error(token.at, `more than ${FILTER_TERMS_MAX} tests`);
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

  /** `[protocol] [direction] [type] id`, `[direction] field [comparison] number`, or a word that is a test by itself. */
  #test(depth: number): Node {
    const text = this.#peekText();
    if (text !== undefined && Object.hasOwn(PLAIN_WORDS, text)) {
      this.#next += 1;
      this.#inherited = undefined;
      return PLAIN_WORDS[text]!;
    }
    const ethernet = text === 'ether';
    const protocol = text === undefined || this.#isCompared() ? undefined : protocolNode(text);
    if (ethernet || protocol !== undefined) this.#next += 1;
    if (protocol !== undefined && !this.#atQualifier()) {
      this.#inherited = undefined;
      return protocol;
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
    if (/^[\d.+-]/.test(word.text))
      throw new FilterError(word.source, word.at, `'${word.text}' without a word that says what it is`, NUMBER_HINT);
    const kind = qualified ? "an address, 'host', 'net' or 'port'" : 'a test';
    throw new FilterError(word.source, word.at, `'${word.text}' is not ${kind}`, nearestTest(word.text));
  }

  #id(qualifiers: Qualifiers): Node {
    const comparison = this.#comparisonSign();
    const word = this.#take(EXPECTED[qualifiers.type]);
    this.#inherited = qualifiers;
    if (qualifiers.type !== 'net' || this.#peekText() !== 'mask') return checkId(word, qualifiers, comparison);
    this.#next += 1;
    return checkId(word, qualifiers, comparison, this.#take('a mask such as 255.255.0.0'));
  }

  #comparison(direction: Direction | undefined): Node {
    const field = this.#take('a field');
    const comparison = this.#comparisonSign() ?? 'eq';
    const number = this.#take(`a comparison such as '${field.text} gt 10'`);
    this.#inherited = undefined;
    return checkComparison(field, direction, comparison, number);
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
