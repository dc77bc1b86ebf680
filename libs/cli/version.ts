import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of the suite, as package.json has it. */
export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'));
  return (manifest as { version: string }).version;
}
