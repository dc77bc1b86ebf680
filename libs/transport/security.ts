import type { AccessList } from './access.ts';
import type { TlsMaterial } from './tls.ts';
import type { Tokens } from './tokens.ts';

/** Who knocks. */
export interface Peer {
  /** As the system writes it. */
  readonly address: string;
  /** Common name of its certificate, which was verified. */
  readonly certificate?: string | undefined;
  /** What it said; nobody has looked whether that is true. */
  readonly token?: string | undefined;
}

/** Whether a peer may read; `who` is how it is called in the log, and never holds a token. */
export type Verdict =
  | {
      readonly ok: true;
      readonly who: string;
      /** The records that it is confined to; empty for all. */
      readonly filter: string;
      /** What a reader's name becomes: with proof of who it is, nobody else can take it. */
      readonly nameOf: (name: string) => string;
    }
  | { readonly ok: false; readonly who: string; readonly reason: string };

/** What protects a server. It may change while the server runs; readers that are connected stay. */
export interface ServerSecurity {
  /** Certificates; a server that has them speaks TLS alone. Undefined for a server without TLS. */
  readonly tls: TlsMaterial | undefined;
  readonly judge: (peer: Peer) => Verdict;
}

/**
 * Whether somebody may read. A token that is shown must be a right one. With a list of access that list decides; without it,
 * who has tokens wants one.
 */
export function judgePeer(peer: Peer, tokens: Tokens | undefined, access: AccessList | undefined): Verdict {
  const { address, certificate, token = '' } = peer;
  const tokenName = token === '' ? undefined : tokens?.nameOf(token);
  const who = nameOf(address, certificate, tokenName);
  const refuse = (reason: string): Verdict => ({ ok: false, who, reason });
  if (tokens !== undefined && tokenName === undefined) {
    if (token !== '') return refuse('this server does not know that token');
    if (access === undefined) return refuse('this server wants a token');
  }
  const filter = access === undefined ? '' : access.judge({ address, certificate, token: tokenName });
  if (filter === undefined) return refuse('the access list of this server does not let you read');
  const proved = certificate ?? tokenName;
  return {
    ok: true,
    who,
    filter,
    nameOf: (name) => (proved === undefined || name === '' ? name : `${proved}/${name}`),
  };
}

function nameOf(address: string, certificate: string | undefined, token: string | undefined): string {
  const proofs = [];
  if (certificate !== undefined) proofs.push(`certificate '${certificate}'`);
  if (token !== undefined) proofs.push(`token '${token}'`);
  const bare = address.replace(/^::ffff:(?=\d+\.)/, '');
  return proofs.length === 0 ? bare : `${bare} (${proofs.join(', ')})`;
}
