import { UsageError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';
import { GENERAL_OPTIONS, LIST_SEPARATOR, takesValue, type OptionTable, type ValueOption } from './options.ts';

export interface SplitArguments {
  /** Options alone, each in the one form that cannot be misread: `--name` or `--name=value`. */
  readonly tokens: readonly string[];
  readonly operands: readonly string[];
  /** Set when one of the options that every command has was given. */
  readonly general: keyof typeof GENERAL_OPTIONS | undefined;
}

/**
 * Reads a command line as getopt and Argus do: `-nnr file` is a cluster, `-w -` and `-s -saddr` take the word with the
 * dash as their value, greedy options take words up to the next one that starts with `-`.
 * @throws {UsageError} for an unknown option, a missing value, or a word that nothing takes
 */
export function splitArguments(
  argv: readonly string[],
  table: OptionTable,
  operands: 'filter' | 'words' | undefined,
): SplitArguments {
  return new Splitter(argv, { ...table, ...GENERAL_OPTIONS }, operands).split();
}

class Splitter {
  readonly #argv: readonly string[];
  readonly #table: OptionTable;
  readonly #takes: 'filter' | 'words' | undefined;
  readonly #names = new Map<string, string>();
  readonly #tokens: string[] = [];
  readonly #operands: string[] = [];
  #general: keyof typeof GENERAL_OPTIONS | undefined;
  #next = 0;

  constructor(argv: readonly string[], table: OptionTable, takes: 'filter' | 'words' | undefined) {
    this.#argv = argv;
    this.#table = table;
    this.#takes = takes;
    for (const [name, { short, otherShort }] of Object.entries(table))
      for (const letter of [short, otherShort]) if (letter !== undefined) this.#names.set(letter, name);
  }

  split(): SplitArguments {
    while (this.#next < this.#argv.length) {
      const word = this.#argv[this.#next++] ?? '';
      if (word === '-' || word === '--') this.#takeOperands(this.#argv.length);
      else if (word.startsWith('--')) this.#longOption(word);
      else if (word.startsWith('-')) this.#cluster(word);
      else {
        this.#next -= 1;
        this.#takeOperands(this.#takes === 'filter' ? this.#argv.length : this.#next + 1);
      }
    }
    return { tokens: this.#tokens, operands: this.#operands, general: this.#general };
  }

  #takeOperands(end: number): void {
    const words = this.#argv.slice(this.#next, end);
    this.#next = end;
    if (words.length > 0 && this.#takes === undefined) {
      throw new UsageError(`unexpected word '${words[0]}'`, { hint: 'This command takes options only.' });
    }
    this.#operands.push(...words);
  }

  #longOption(word: string): void {
    const equals = word.indexOf('=');
    const name = word.slice(2, equals === -1 ? undefined : equals);
    const option = Object.hasOwn(this.#table, name) ? this.#table[name] : undefined;
    if (option === undefined) throw this.#unknown(`--${name}`);
    if (!takesValue(option)) {
      if (equals !== -1) throw new UsageError(`option '--${name}' takes no value`);
      this.#add(name);
    } else {
      this.#take(name, option, equals === -1 ? undefined : word.slice(equals + 1), `--${name}`);
    }
  }

  /** `-nnr file`, `-c,`, `-L -1` */
  #cluster(word: string): void {
    for (let at = 1; at < word.length; at++) {
      const letter = word[at] ?? '';
      const name = this.#names.get(letter) ?? '';
      const option = this.#table[name];
      if (option === undefined) throw this.#unknown(`-${letter}`, word);
      if (takesValue(option)) {
        this.#take(name, option, at + 1 < word.length ? word.slice(at + 1) : undefined, `-${letter}`);
        return;
      }
      this.#add(name);
    }
  }

  #take(name: string, option: ValueOption, attached: string | undefined, written: string): void {
    const value = attached ?? this.#argv[this.#next++];
    if (value === undefined) {
      throw new UsageError(`option '${written}' needs a value: ${written} ${option.placeholder}`);
    }
    const words = [value];
    if (option.arity === 'greedy' || option.arity === 'lists') {
      const { wordsMax = Infinity } = option;
      for (let word; words.length < wordsMax && (word = this.#argv[this.#next]) !== undefined; this.#next++) {
        if (word.startsWith('-')) break;
        words.push(word);
      }
    }
    const values = option.arity === 'lists' ? [words.join(LIST_SEPARATOR)] : words;
    for (const each of values) this.#tokens.push(`--${name}=${each}`);
  }

  #add(name: string): void {
    if (name === 'help' || name === 'version') this.#general ??= name;
    else this.#tokens.push(`--${name}`);
  }

  /** @param word where it stands */
  #unknown(written: string, word = written): UsageError {
    return new UsageError(`unknown option '${written}'`, { hint: this.#suggestion(written, word) });
  }

  #suggestion(written: string, word: string): string {
    if (written.startsWith('--')) return didYouMean(written, Object.keys(this.#table).map(longName)) || SEE_HELP;
    const isBehindFields = this.#tokens.at(-1)?.startsWith('--fields=') === true;
    if (isBehindFields && word.length > 2) return `To leave a field out, write -s ${word}.`;
    const letter = written.slice(1);
    if (Object.hasOwn(this.#table, 'server')) {
      if (letter === 'C') return NO_NETFLOW;
      if (Object.hasOwn(this.#table, 'port') && letter in NOT_OF_RADIUM) return NOT_OF_RADIUM[letter] ?? '';
    }
    const other = letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase();
    return other !== letter && this.#names.has(other) ? `Did you mean '-${other}'?` : SEE_HELP;
  }
}

/** Of a letter that readers of Argus have. */
const NO_NETFLOW = 'Argus reads NetFlow with it, which is not read here yet.';

/** Of letters that radium of Argus has. */
const NOT_OF_RADIUM: Readonly<Record<string, string>> = {
  t: 'Readers select times of what they are sent; a filter behind - selects what is passed on.',
  T: 'Times stay as they came; management records of probes tell how clocks differ.',
};

const SEE_HELP = 'See --help for the options.';

function longName(name: string): string {
  return `--${name}`;
}
