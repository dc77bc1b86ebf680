import { UsageError } from '../../libs/core/errors.ts';
import { parseSourceId } from '../../libs/cli/source-id.ts';

/** Interfaces whose packets are counted in one flow table. */
export interface InterfaceGroup {
  readonly interfaces: readonly [string, ...string[]];
  /** Source id given behind a slash. */
  readonly source: string | undefined;
}

/** Interfaces of one group at most, and groups of one probe. */
const INTERFACES_MAX = 64;

/**
 * Reads what stands behind each `-i`: `eth0`; `ind:a,b` and several `-i` are probes independent of each other; `bond:a,b`,
 * `dup:a,b` and `-i a b` are one, whose traffic comes on several wires; `/id` behind a name or a group is its source id; groups
 * nest in brackets, as in `dup:[bond:a,b],c/3`. `all` is all interfaces that are up but loopback, each independent, or all of
 * the group that it stands in.
 * @param places the words behind each `-i`
 * @param listAll the interfaces that `all` stands for
 * @throws {UsageError} which points at what is wrong
 */
export function parseInterfaces(
  places: readonly (readonly string[])[],
  listAll: () => readonly string[],
): InterfaceGroup[] {
  const groups: InterfaceGroup[] = [];
  for (const words of places) {
    const parsed = words.map((word) => new Parser(word, listAll).parse());
    const first = parsed[0];
    if (parsed.length === 1 && first !== undefined) groups.push(...first);
    else groups.push(together(parsed.flat(), undefined));
  }
  const names = groups.flatMap(({ interfaces }) => interfaces);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UsageError(`interface '${twice}' is named twice`);
  if (names.length > INTERFACES_MAX) throw new UsageError(`at most ${INTERFACES_MAX} interfaces, not ${names.length}`);
  return groups;
}

/** One group of all the interfaces. */
function together(groups: readonly InterfaceGroup[], source: string | undefined): InterfaceGroup {
  const [first, ...rest] = groups.flatMap(({ interfaces }) => interfaces);
  if (first === undefined) throw new UsageError('no interface is up');
  return { interfaces: [first, ...rest], source: source ?? groups.find((group) => group.source !== undefined)?.source };
}

const KINDS = ['ind:', 'dup:', 'bond:'] as const;
const NAME_END = /[,[\]/]|$/;

/** group: [kind] element {"," element}; element: ("[" group "]" | name) ["/" id] */
class Parser {
  readonly #text: string;
  readonly #listAll: () => readonly string[];
  #at = 0;

  constructor(text: string, listAll: () => readonly string[]) {
    this.#text = text;
    this.#listAll = listAll;
  }

  parse(): InterfaceGroup[] {
    const groups = this.#group(0);
    if (this.#at < this.#text.length) throw this.#error(`'${this.#text[this.#at]}' is not expected here`);
    return groups;
  }

  /** The members; one group when they belong together. */
  #group(depth: number): InterfaceGroup[] {
    const kind = KINDS.find((word) => this.#text.startsWith(word, this.#at));
    this.#at += kind?.length ?? 0;
    const members = this.#element(depth);
    while (this.#take(',')) members.push(...this.#element(depth));
    return kind === 'dup:' || kind === 'bond:' ? [together(members, undefined)] : members;
  }

  #element(depth: number): InterfaceGroup[] {
    const groups = this.#take('[') ? this.#bracket(depth + 1) : this.#name();
    if (!this.#take('/')) return groups;
    const id = this.#word();
    if (id === '') throw this.#error("a source id is missing behind '/'");
    if (groups.length > 1) throw this.#error(`one source id for ${groups.length} independent interfaces`);
    return [together(groups, parseSourceId(id))];
  }

  #bracket(depth: number): InterfaceGroup[] {
    if (depth > INTERFACES_MAX) throw this.#error('too many brackets');
    const groups = this.#group(depth);
    if (!this.#take(']')) throw this.#error("']' is missing");
    return groups;
  }

  #name(): InterfaceGroup[] {
    const start = this.#at;
    const name = this.#word();
    if (name === '') throw this.#error('the name of an interface is missing');
    if (name === 'all') return this.#listAll().map((each) => ({ interfaces: [each], source: undefined }));
    const kind = /^(\w+):/.exec(name)?.[1] ?? '';
    if (/^(ind|dup|bond)/i.test(kind)) {
      this.#at = start;
      throw this.#error(
        `'${kind}:' is not expected here; write ind:, dup: or bond: before the first name, or in brackets`,
      );
    }
    return [{ interfaces: [name], source: undefined }];
  }

  #word(): string {
    const rest = this.#text.slice(this.#at);
    const word = rest.slice(0, rest.search(NAME_END));
    this.#at += word.length;
    return word;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #error(what: string): UsageError {
    return new UsageError(`-i: ${what}\n  ${this.#text}\n  ${' '.repeat(this.#at)}^`, {
      hint: 'Interfaces are written eth0, ind:eth0,eth1/2, bond:eth0,eth1 or dup:[bond:eth0,eth1],eth2/3.',
    });
  }
}
