import { UsageError } from '../../core/errors.ts';
import type { Dialect } from '../../transport/dialect.ts';
import type { OptionTable } from '../options.ts';

/** Which other suites are served on the same port. */
export const DIALECT_OPTIONS = {
  argus3: {
    arity: 'one',
    placeholder: 'on|off',
    default: 'on',
    text: 'Whether clients of Argus 3 are served, too: the original ra, radium and the others.',
    group: 'Records out',
  },
} as const satisfies OptionTable;

/** @throws {UsageError} for a word that is neither */
export function servesArgus3(word: string): boolean {
  if (word === 'on' || word === 'off') return word === 'on';
  throw new UsageError(`--argus3: '${word}' is neither on nor off`);
}

/** What a server understands beside our own language. @throws {UsageError} */
export async function dialectsOf(args: { readonly argus3: string }): Promise<readonly Dialect[]> {
  const isServed = servesArgus3(args.argus3);
  const { ARGUS3_CLIENTS, NO_ARGUS3_CLIENTS } = await import('../../interop/argus3/serve.ts');
  return [isServed ? ARGUS3_CLIENTS : NO_ARGUS3_CLIENTS];
}
