import { readFileSync } from 'node:fs';
import { join } from 'node:path';

let known: string | undefined;

/** The version of the suite, as package.json has it; read once, since that may be out of reach later. */
export function version(): string {
  return (known ??= read());
}

function read(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'));
  return (manifest as { version: string }).version;
}
