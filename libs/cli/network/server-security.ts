import { resolve } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import { AccessList } from '../../transport/access.ts';
import { judgePeer, type Peer, type ServerSecurity, type Verdict } from '../../transport/security.ts';
import type { TlsMaterial } from '../../transport/tls.ts';
import { Tokens } from '../../transport/tokens.ts';
import { isLoopback } from '../loopback.ts';
import { pathBelow } from '../path-below.ts';
import { readSecret, readText, readTls } from './security-files.ts';
import type { ServerSecurityArguments } from './security-options.ts';

interface State {
  readonly tls: TlsMaterial | undefined;
  readonly tokens: Tokens | undefined;
  readonly access: AccessList | undefined;
}

/** What protects a server, as its files say. */
export class FileSecurity implements ServerSecurity {
  readonly #args: ServerSecurityArguments;
  readonly #warn: (message: string) => void;
  #state: State;

  private constructor(args: ServerSecurityArguments, state: State, warn: (message: string) => void) {
    this.#args = args;
    this.#state = state;
    this.#warn = warn;
  }

  /**
   * @param hosts addresses to listen on; none are all
   * @param warn hears, too, when anybody could read who reaches the port
   * @throws {SuiteError} for what cannot be read or understood; names the file, and the line
   */
  static async open(
    args: ServerSecurityArguments,
    hosts: readonly string[],
    warn: (message: string) => void,
  ): Promise<FileSecurity> {
    const { 'tls-cert': cert, access, tokens } = args;
    const paths = absolute(args); // the folder in which we are may be another when they are read anew
    const state = await load(paths, '/', warn);
    const isOpen = cert === undefined && access === undefined && tokens === undefined;
    if (isOpen && (hosts.length === 0 || !hosts.every(isLoopback)))
      warn('anybody who reaches this port can read all records; see --tls-ca, --tokens, --access, or -B 127.0.0.1');
    return new FileSecurity(paths, state, warn);
  }

  get tls(): TlsMaterial | undefined {
    return this.#state.tls;
  }

  readonly judge = (peer: Peer): Verdict => judgePeer(peer, this.#state.tokens, this.#state.access);

  /**
   * Takes up what the files say by now.
   * @param root folder at which all paths begin by now
   * @throws {SuiteError} when that cannot be; all stays as it was
   */
  async reload(root: string): Promise<void> {
    this.#state = await load(this.#args, root, this.#warn);
  }
}

const FILES = ['tls-cert', 'tls-key', 'tls-ca', 'tokens', 'access'] as const;

function absolute(args: ServerSecurityArguments): ServerSecurityArguments {
  const paths = FILES.map((name) => [name, args[name] === undefined ? undefined : resolve(args[name])]);
  return { ...args, ...(Object.fromEntries(paths) as Pick<ServerSecurityArguments, (typeof FILES)[number]>) };
}

async function load(args: ServerSecurityArguments, root: string, warn: (message: string) => void): Promise<State> {
  const there = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : pathBelow(root, path);
  const paths = {
    'tls-cert': there(args['tls-cert']),
    'tls-key': there(args['tls-key']),
    'tls-ca': there(args['tls-ca']),
  };
  const [tokens, access] = [there(args.tokens), there(args.access)];
  const material = await readTls(paths, warn);
  const list = access === undefined ? undefined : AccessList.parse(await readText(access), access);
  for (const [proof, line] of list?.proofs ?? []) {
    const option = proof === 'token' ? '--tokens' : '--tls-cert, --tls-key and --tls-ca';
    if ((proof === 'token' ? tokens : material.cert && material.ca) === undefined)
      throw new UsageError(`${access} line ${line} asks for a ${proof}, but nobody is asked for one`, { hint: `Add ${option}.` }); // prettier-ignore
  }
  return {
    tls: material.cert === undefined ? undefined : material,
    tokens: tokens === undefined ? undefined : Tokens.parse(await readSecret(tokens), tokens),
    access: list,
  };
}
