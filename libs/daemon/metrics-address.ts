import { UsageError } from '../core/errors.ts';

/**
 * Reads what `--metrics` takes: a port, and before it an address or name, IPv6 in brackets; without one it is this machine
 * alone that may scrape.
 * @throws {UsageError}
 */
export function parseMetricsAddress(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, digits = ''] = /^(?:(?:\[([0-9a-f:.%\w-]+)\]|([\w.-]+)):)?(\d{1,5})$/i.exec(text) ?? [];
  const port = digits === '' ? Infinity : Number(digits);
  if (port > 65_535) {
    throw new UsageError(`--metrics: '${text}' is no port`, { hint: 'Write PORT, ADDRESS:PORT or [ADDRESS]:PORT.' });
  }
  return { host: bracketed ?? plain ?? '127.0.0.1', port };
}
