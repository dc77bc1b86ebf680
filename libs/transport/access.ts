import { parseIP, type Lanes } from '../address/ip.ts';
import { parsePrefix, type Prefix } from '../address/prefix.ts';
import { SuiteError, UsageError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';
import { compileFilter } from '../filter/compile.ts';

/** Who wants to read, as far as it was proved. */
export interface KnownPeer {
  /** As the system writes it; a zone (`%eth0`) does not count. */
  readonly address: string;
  /** Common name of a certificate that was verified. */
  readonly certificate: string | undefined;
  /** Name of the token that it showed. */
  readonly token: string | undefined;
}

/** One line: whoever fulfils all that it says is allowed or denied. */
interface Rule {
  /** Counted from 1. */
  readonly line: number;
  readonly isAllowed: boolean;
  readonly address: Prefix | undefined;
  readonly certificate: string | undefined;
  readonly token: string | undefined;
  /** Records that the reader is confined to; empty for all. */
  readonly filter: string;
}

const ACTIONS = ['allow', 'deny'];
const CONDITIONS = ['address', 'certificate', 'token'];
const WORDS = [...CONDITIONS, 'anyone', 'filter'];
const RULES_MAX = 10_000;
const SHAPE = 'A line is: allow|deny, then anyone or any of address PREFIX, certificate NAME, token NAME; then filter EXPRESSION.'; // prettier-ignore

/**
 * Who may read which records: lines of which the first that fits a reader counts. A reader that none fits is refused.
 *
 *     allow address 10.1.0.0/16 filter net 10.1.0.0/16
 *     deny  certificate lost-laptop
 *     allow certificate collector token night
 */
export class AccessList {
  readonly #rules: readonly Rule[];

  private constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  /**
   * @param file its name, for messages
   * @throws {UsageError} that names the line
   */
  static parse(text: string, file: string): AccessList {
    const rules: Rule[] = [];
    for (const [index, line] of text.split('\n').entries()) {
      const content = line.trim();
      if (content === '' || content.startsWith('#')) continue;
      if (rules.length === RULES_MAX) throw new UsageError(`${file}: more than ${RULES_MAX} lines`);
      rules.push({ line: index + 1, ...parseRule(content, `${file} line ${index + 1}`) });
    }
    return new AccessList(rules);
  }

  /** What lines ask for that must be proved, with the number of the first line that does. */
  get proofs(): ReadonlyMap<'certificate' | 'token', number> {
    const proofs = new Map<'certificate' | 'token', number>();
    for (const rule of this.#rules.toReversed())
      for (const proof of ['certificate', 'token'] as const)
        if (rule[proof] !== undefined) proofs.set(proof, rule.line);
    return proofs;
  }

  /** The filter that the reader is confined to (empty for none), or undefined when it may not read. */
  judge(peer: KnownPeer): string | undefined {
    const address = parseIP(peer.address.replace(/%.*$/, ''));
    const rule = this.#rules.find((each) => fits(each, peer, address?.lanes));
    return rule?.isAllowed === true ? rule.filter : undefined;
  }
}

function fits(rule: Rule, peer: KnownPeer, lanes: Lanes | undefined): boolean {
  const { address, certificate, token } = rule;
  if (address !== undefined && (lanes === undefined || !isWithin(lanes, address))) return false;
  if (certificate !== undefined && certificate.toLowerCase() !== peer.certificate?.toLowerCase()) return false;
  return token === undefined || token === peer.token;
}

/** Sockets that take both families write IPv4 as `::ffff:a.b.c.d`, whose lanes are those of the IPv4 address. */
function isWithin(lanes: Lanes, { family, lanes: network, masks }: Prefix): boolean {
  if (family === 6 && isIPv4(lanes) && !isIPv4(network)) return false;
  return lanes.every((lane, k) => (lane & masks[k]!) >>> 0 === network[k]);
}

function isIPv4([first, second, third]: Lanes): boolean {
  return first === 0 && second === 0 && third === 0xffff;
}

function parseRule(content: string, where: string): Omit<Rule, 'line'> {
  const [, beforeFilter = '', filter = ''] = /^(.*?)(?:\sfilter(?:\s+(.*))?)?$/.exec(content) ?? [];
  const [action = '', ...words] = beforeFilter.split(/\s+/);
  if (!ACTIONS.includes(action)) throw unknown(where, action, ACTIONS);
  const isAllowed = action === 'allow';
  const said = conditionsOf(words, where);
  if (beforeFilter.length < content.length) {
    if (filter === '') throw new UsageError(`${where}: 'filter' without an expression`, { hint: SHAPE });
    if (!isAllowed) throw new UsageError(`${where}: a reader that is denied has no filter`, { hint: SHAPE });
    checkFilter(filter, where);
  }
  return {
    isAllowed,
    address: said.has('address') ? prefixOf(said.get('address') ?? '', where) : undefined,
    certificate: said.get('certificate'),
    token: said.get('token'),
    filter,
  };
}

/** What stands behind `allow` or `deny`, each condition with its value; none for `anyone`. */
function conditionsOf(words: readonly string[], where: string): Map<string, string> {
  const said = new Map<string, string>();
  if (words.length === 1 && words[0] === 'anyone') return said;
  if (words.length === 0) throw new UsageError(`${where}: it does not say who`, { hint: SHAPE });
  for (let i = 0; i < words.length; i += 2) {
    const [condition = '', value] = [words[i], words[i + 1]];
    if (condition === 'anyone')
      throw new UsageError(`${where}: 'anyone' stands beside no other condition`, { hint: SHAPE });
    if (!CONDITIONS.includes(condition)) throw unknown(where, condition, WORDS);
    if (value === undefined) throw new UsageError(`${where}: '${condition}' without a value`, { hint: SHAPE });
    if (said.has(condition)) throw new UsageError(`${where}: '${condition}' stands twice`, { hint: SHAPE });
    said.set(condition, value);
  }
  return said;
}

function prefixOf(text: string, where: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix !== undefined) return prefix;
  const hint = 'Write 192.0.2.7, 192.0.2.0/24, 2001:db8::7 or 2001:db8::/32.';
  throw new UsageError(`${where}: '${text}' is neither an address nor a network`, { hint });
}

function checkFilter(filter: string, where: string): void {
  try {
    compileFilter(filter);
  } catch (error) {
    if (!(error instanceof SuiteError)) throw error;
    throw new UsageError(`${where}: ${error.message}`, { hint: error.hint, cause: error });
  }
}

function unknown(where: string, word: string, known: readonly string[]): UsageError {
  const near = didYouMean(word, known);
  return new UsageError(`${where}: unknown word '${word}'`, { hint: near === '' ? SHAPE : near });
}
