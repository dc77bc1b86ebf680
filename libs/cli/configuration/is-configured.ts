import { existsSync } from 'node:fs';
import type { SplitArguments } from '../argv.ts';

/** Whether there is a configuration to read: a file that the command line names, or that of the system. */
export function isConfigured(given: SplitArguments, defaultFile: string): boolean {
  return given.tokens.some((token) => token.startsWith('--config=')) || existsSync(defaultFile);
}
