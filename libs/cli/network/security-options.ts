import type { Arguments, OptionTable } from '../options.ts';

/** What both servers and readers have; a program that is both shows the same certificate both ways. */
const TLS_OPTIONS = {
  'tls-cert': {
    arity: 'one',
    placeholder: 'FILE',
    text: 'Certificate by which others know this program, in PEM; panoptes certs makes some.',
    group: 'Security',
  },
  'tls-key': {
    arity: 'one',
    placeholder: 'FILE',
    text: 'The key of the certificate, which nobody else may be able to read.',
    group: 'Security',
  },
  'tls-ca': {
    arity: 'one',
    placeholder: 'FILE',
    text:
      'Authority that the certificates of others must come from. A server that has one lets nobody read without; without one, a ' +
      'reader believes the authorities that the whole web believes.',
    group: 'Security',
  },
} as const satisfies OptionTable;

export const SERVER_SECURITY_OPTIONS = {
  ...TLS_OPTIONS,
  access: {
    arity: 'one',
    placeholder: 'FILE',
    text: 'Who may read what, by address, certificate or token, see docs/security.md; whoever no line fits is refused.',
    group: 'Security',
  },
  tokens: {
    arity: 'one',
    placeholder: 'FILE',
    text: 'Tokens by which readers prove who they are, lines of a name and a token; nobody else may be able to read it.',
    group: 'Security',
  },
  'half-open': {
    arity: 'one',
    placeholder: 'N',
    number: { min: 1, max: 10_000, integer: true },
    default: 64,
    text: 'Most connections of one address that have not said yet what they want.',
    group: 'Security',
  },
} as const satisfies OptionTable;

export const CLIENT_SECURITY_OPTIONS = {
  ...TLS_OPTIONS,
  'token-file': {
    arity: 'one',
    placeholder: 'FILE',
    text: 'Token that proves to servers who this is; the default is $PANOPTES_TOKEN. Nobody else may be able to read the file.',
    group: 'Security',
  },
} as const satisfies OptionTable;

export type ServerSecurityArguments = Omit<Arguments<typeof SERVER_SECURITY_OPTIONS>, 'operands'>;
export type ClientSecurityArguments = Omit<Arguments<typeof CLIENT_SECURITY_OPTIONS>, 'operands'>;
