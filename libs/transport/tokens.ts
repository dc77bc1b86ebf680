import { createHash, timingSafeEqual } from 'node:crypto';
import { UsageError } from '../core/errors.ts';

/** A token has this many characters; shorter ones can be guessed, longer ones do not fit a hello. */
const CHARACTERS_MIN = 16;
const CHARACTERS_MAX = 512;
const TOKENS_MAX = 1000;
const NAME = /^[\w.@-]{1,64}$/;
const TOKEN = /^[\x21-\x7e]+$/;
const MAKE = 'Make one with: head -c 24 /dev/urandom | base64';

/** The tokens that a server accepts, each with the name of whoever has it. Only their hashes are kept. */
export class Tokens {
  readonly #tokens: readonly { readonly name: string; readonly hash: Buffer }[];

  private constructor(tokens: readonly { name: string; hash: Buffer }[]) {
    this.#tokens = tokens;
  }

  /**
   * Lines `NAME TOKEN`; a name may stand more than once, so that a token can be changed while the old one still serves.
   * @param file its name, for messages, which never hold a token
   * @throws {UsageError} that names the line
   */
  static parse(text: string, file: string): Tokens {
    const tokens: { name: string; hash: Buffer }[] = [];
    for (const [index, line] of text.split('\n').entries()) {
      const content = line.trim();
      if (content === '' || content.startsWith('#')) continue;
      const where = `${file} line ${index + 1}`;
      const [name = '', token, ...more] = content.split(/\s+/);
      if (token === undefined || more.length > 0)
        throw new UsageError(`${where}: not a name and a token`, { hint: `A line is: NAME TOKEN. ${MAKE}` });
      if (!NAME.test(name))
        throw new UsageError(`${where}: the name has characters other than letters, digits and _.@-, or too many`);
      checkToken(token, where);
      if (tokens.length === TOKENS_MAX) throw new UsageError(`${file}: more than ${TOKENS_MAX} tokens`);
      tokens.push({ name, hash: hashOf(token) });
    }
    if (tokens.length === 0) throw new UsageError(`${file}: no tokens`, { hint: `A line is: NAME TOKEN. ${MAKE}` });
    return new Tokens(tokens);
  }

  /** Whose token this is. Takes the same time whichever it is, and when it is none. */
  nameOf(token: string): string | undefined {
    const hash = hashOf(token);
    let found: string | undefined;
    for (const each of this.#tokens) if (timingSafeEqual(each.hash, hash)) found = each.name;
    return found;
  }
}

/**
 * The one token of a reader, from its file or environment.
 * @param where it is from, for messages
 * @throws {UsageError} when it cannot be a token
 */
export function parseToken(text: string, where: string): string {
  const token = text.trim();
  checkToken(token, where);
  return token;
}

function checkToken(token: string, where: string): void {
  if (token.length < CHARACTERS_MIN || token.length > CHARACTERS_MAX)
    throw new UsageError(`${where}: a token has ${CHARACTERS_MIN} to ${CHARACTERS_MAX} characters`, { hint: MAKE });
  if (!TOKEN.test(token))
    throw new UsageError(`${where}: a token has printable ASCII characters and no blanks`, { hint: MAKE });
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
