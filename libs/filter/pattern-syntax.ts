/** Longest regular expression, in UTF-16 units. */
export const PATTERN_LENGTH_MAX = 500;
/** Most states of the machine that an expression becomes, after its repetitions are written out. */
export const PATTERN_STATES_MAX = 4000;
const REPEAT_MAX = 1000;
const DEPTH_MAX = 50;

/** A regular expression that is not understood. */
export class PatternError extends Error {
  /** Offset in the expression, in UTF-16 units. */
  readonly at: number;
  readonly hint: string;

  constructor(at: number, problem: string, hint = '') {
    super(problem);
    this.at = at;
    this.hint = hint;
  }
}

/** 256 flags: which bytes it stands for. */
export type ByteSet = Uint8Array;

/** What an expression says, over bytes; text is UTF-8. */
export type Expression =
  | { readonly kind: 'byte'; readonly set: ByteSet }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Expression[] }
  /** `max` is Infinity for any number. */
  | { readonly kind: 'repeat'; readonly part: Expression; readonly min: number; readonly max: number };

/**
 * Parses a regular expression: literals, `.`, `[…]`, `^`, `$`, `|`, groups, `* + ? {n,m}`, `\d \w \s \D \W \S`, `\xHH`,
 * `\n \r \t`, and before all `(?i)` for either case, `(?s)` for a `.` that is a line feed too. Neither references back nor looks
 * ahead, so that a machine without memory can run it.
 * @throws PatternError
 */
export function parsePattern(text: string): Expression {
  if (text.length > PATTERN_LENGTH_MAX)
    throw new PatternError(PATTERN_LENGTH_MAX, `a regular expression of more than ${PATTERN_LENGTH_MAX} characters`);
  return new PatternParser(text).whole();
}

const LINE_FEED = 10;

function setOf(isIn: (byte: number) => boolean): ByteSet {
  return new Uint8Array(256).map((_, byte) => Number(isIn(byte)));
}

/** Made when it is asked for: few expressions have any. */
type ByteClass = () => ByteSet;

const characters =
  (pattern: RegExp): ByteClass =>
  () =>
    setOf((byte) => byte < 0x80 && pattern.test(String.fromCharCode(byte)));
const complement = (set: ByteSet): ByteSet => set.map((flag) => 1 - flag);

const CLASSES: Readonly<Record<string, ByteClass>> = {
  d: characters(/\d/),
  w: characters(/\w/),
  s: characters(/[ \t\n\v\f\r]/),
};
const NAMED_CLASSES: Readonly<Record<string, ByteClass>> = {
  alpha: characters(/[a-z]/i),
  digit: characters(/\d/),
  alnum: characters(/[a-z\d]/i),
  upper: characters(/[A-Z]/),
  lower: characters(/[a-z]/),
  space: characters(/[ \t\n\v\f\r]/),
  blank: characters(/[ \t]/),
  punct: characters(/[!-/:-@[-`{-~]/),
  print: characters(/[ -~]/),
  cntrl: () => setOf((byte) => byte < 32 || byte === 127),
  xdigit: characters(/[a-f\d]/i),
};
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 };

class PatternParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  #ignoresCase = false;
  #dotIsAll = false;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Expression {
    const flags = /^\(\?([is]+)\)/.exec(this.#text);
    if (flags !== null) {
      this.#at = flags[0].length;
      this.#ignoresCase = flags[1]!.includes('i');
      this.#dotIsAll = flags[1]!.includes('s');
    }
    const expression = this.#choice();
    if (this.#at < this.#text.length) throw this.#error("a ')' without its '('");
    const states = sizeOf(expression);
    if (states > PATTERN_STATES_MAX) throw new PatternError(0, 'a regular expression that repeats too much');
    return expression;
  }

  #choice(): Expression {
    const parts = [this.#sequence()];
    while (this.#peek() === '|') {
      this.#at += 1;
      parts.push(this.#sequence());
    }
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
  }

  #sequence(): Expression {
    const parts: Expression[] = [];
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek())
      parts.push(this.#repeated());
    return { kind: 'sequence', parts };
  }

  #repeated(): Expression {
    const start = this.#at;
    let part = this.#atom();
    for (let times = 0; ; times++) {
      const bounds = this.#bounds();
      if (bounds === undefined) return part;
      if (times > 0) throw new PatternError(start, 'a repetition of a repetition', 'Put the first in parentheses.');
      if (part.kind === 'start' || part.kind === 'end') throw new PatternError(start, 'a repetition of nothing');
      part = { kind: 'repeat', part, ...bounds };
      // Shortest or longest, what matches is the same.
      if (this.#peek() === '?') this.#at += 1;
    }
  }

  #bounds(): { min: number; max: number } | undefined {
    const sign = this.#peek();
    const known = { '*': [0, Infinity], '+': [1, Infinity], '?': [0, 1] } as const;
    if (sign === '*' || sign === '+' || sign === '?') {
      this.#at += 1;
      return { min: known[sign][0], max: known[sign][1] };
    }
    const counted = /^\{(\d+,?\d*|,\d+)\}/.exec(this.#text.slice(this.#at));
    if (counted === null) return undefined;
    const [least = '', most = least] = counted[1]!.split(',');
    const min = Number(least);
    const max = most === '' ? Infinity : Number(most);
    if (min > REPEAT_MAX || (max !== Infinity && (max > REPEAT_MAX || max < min)))
      throw this.#error('no such number of times', `The most is {${REPEAT_MAX}}, and the lower number comes first.`);
    this.#at += counted[0].length;
    return { min, max };
  }

  #atom(): Expression {
    const character = this.#text[this.#at]!;
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return { kind: 'byte', set: this.#folded(this.#bracket()) };
      case '.':
        this.#at += 1;
        return { kind: 'byte', set: setOf((byte) => this.#dotIsAll || byte !== LINE_FEED) };
      case '^':
      case '$':
        this.#at += 1;
        return { kind: character === '^' ? 'start' : 'end' };
      case '*':
      case '+':
      case '?':
        throw this.#error(
          `'${character}' with nothing before it`,
          `A '${character}' itself is written \\${character}.`,
        );
      case '\\':
        return { kind: 'byte', set: this.#folded(this.#escape()) };
      default:
        return this.#literal();
    }
  }

  /** A character as its bytes in UTF-8. */
  #literal(): Expression {
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at)!);
    this.#at += character.length;
    const bytes = [...new TextEncoder().encode(character)];
    const parts = bytes.map((byte): Expression => ({ kind: 'byte', set: this.#folded(setOf((b) => b === byte)) }));
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
  }

  #group(): Expression {
    const open = this.#at;
    this.#at += 1;
    if (this.#peek() === '?') {
      if (this.#text[this.#at + 1] !== ':')
        throw this.#error(
          'a group of a kind that is not known',
          "There are '(…)', '(?:…)', and '(?i)' at the beginning.",
        );
      this.#at += 2;
    }
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw this.#error(`more than ${DEPTH_MAX} levels of parentheses`);
    const inner = this.#choice();
    this.#depth -= 1;
    if (this.#peek() !== ')') throw new PatternError(open, "a '(' without its ')'");
    this.#at += 1;
    return inner;
  }

  #escape(): ByteSet {
    const letter = this.#text[this.#at + 1];
    if (letter === undefined) throw this.#error("a '\\' at the end");
    const start = this.#at;
    this.#at += 2;
    const group = CLASSES[letter.toLowerCase()]?.();
    if (group !== undefined && Object.hasOwn(CLASSES, letter.toLowerCase()))
      return letter === letter.toLowerCase() ? group : complement(group);
    if (letter === 'x') {
      const hex = /^[\da-f]{2}/i.exec(this.#text.slice(this.#at));
      if (hex === null) throw new PatternError(start, '\\x needs two hexadecimal digits');
      this.#at += 2;
      const byte = Number.parseInt(hex[0], 16);
      return setOf((b) => b === byte);
    }
    const control = Object.hasOwn(CONTROLS, letter) ? CONTROLS[letter] : undefined;
    if (control === undefined && /[a-z\d]/i.test(letter))
      throw new PatternError(
        start,
        `'\\${letter}' is not known`,
        'Known are \\d \\w \\s \\xHH \\n \\r \\t and marks such as \\. themselves.',
      );
    const byte = control ?? letter.charCodeAt(0);
    if (byte > 0x7f) throw new PatternError(start, "a '\\' before a letter");
    return setOf((b) => b === byte);
  }

  /** `[…]`, of ASCII characters and bytes. */
  #bracket(): ByteSet {
    const open = this.#at;
    this.#at += 1;
    const isNegated = this.#peek() === '^';
    if (isNegated) this.#at += 1;
    const set = new Uint8Array(256);
    for (let first = true; ; first = false) {
      const next = this.#peek();
      if (next === undefined) throw new PatternError(open, "a '[' without its ']'");
      if (next === ']' && !first) break;
      this.#member(set);
    }
    this.#at += 1;
    const folded = this.#folded(set);
    return isNegated ? complement(folded) : folded;
  }

  #member(set: ByteSet): void {
    const named = /^\[:([a-z]+):\]/.exec(this.#text.slice(this.#at));
    if (named !== null) {
      const group = Object.hasOwn(NAMED_CLASSES, named[1]!) ? NAMED_CLASSES[named[1]!]?.() : undefined;
      if (group === undefined) throw this.#error(`'${named[0]}' is not known`);
      this.#at += named[0].length;
      return unite(set, group);
    }
    const start = this.#at;
    const low = this.#single();
    const from = low.indexOf(1);
    const isRange = this.#peek() === '-' && this.#text[this.#at + 1] !== ']' && low.indexOf(1, from + 1) === -1;
    if (!isRange) return unite(set, low);
    this.#at += 1;
    const high = this.#single();
    const to = high.indexOf(1);
    if (high.indexOf(1, to + 1) !== -1 || to < from) throw new PatternError(start, 'no such range of characters');
    set.fill(1, from, to + 1);
  }

  #single(): ByteSet {
    const character = this.#peek();
    if (character === undefined) throw this.#error("a '[' without its ']'");
    if (character === '\\') return this.#escape();
    const byte = character.charCodeAt(0);
    if (byte > 0x7f) throw this.#error('between [ and ] there are only ASCII characters', 'Write them as (ä|ö|ü).');
    this.#at += 1;
    return setOf((b) => b === byte);
  }

  /** With `(?i)` the letters of either case. */
  #folded(set: ByteSet): ByteSet {
    if (!this.#ignoresCase) return set;
    const isLetter = (byte: number): boolean => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
    return setOf((byte) => set[byte] === 1 || (isLetter(byte) && set[byte ^ 0x20] === 1));
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  #error(problem: string, hint = ''): PatternError {
    return new PatternError(this.#at, problem, hint);
  }
}

function unite(set: ByteSet, other: ByteSet): void {
  for (let byte = 0; byte < 256; byte++) set[byte] = set[byte]! | other[byte]!;
}

/** How many states the machine of an expression has, at most; Infinity is possible. */
function sizeOf(expression: Expression): number {
  switch (expression.kind) {
    case 'byte':
    case 'start':
    case 'end':
      return 1;
    case 'sequence':
    case 'choice':
      return expression.parts.reduce((sum, part) => sum + sizeOf(part) + 1, 1);
    case 'repeat': {
      const { part, min, max } = expression;
      return (sizeOf(part) + 1) * Math.max(1, max === Infinity ? min + 1 : max);
    }
  }
}
