import { UsageError } from '../../core/errors.ts';

/** The port on which probes and multiplexers customarily serve records. */
export const RECORDS_PORT = 561;

export interface ServerAddress {
  /** Name or address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Whether TLS is spoken, where that was written. */
  readonly tls?: boolean;
}

const BY_TOKEN = 'Certificates and tokens say who somebody is: --tls-cert, --token-file.';
const HINT = 'Write HOST, HOST:PORT or [ADDRESS]:PORT; argus-tls:// before it for TLS.';

/**
 * Reads what `-S` takes: `host`, `host:port`, an IPv6 address bare or, with a port, in brackets. Before it may stand
 * `argus://`, `argus-tls://` for a server that speaks TLS, or `argus-tcp://` for one that does not.
 * @throws {UsageError}
 */
export function parseServerAddress(text: string): ServerAddress {
  const [, scheme, rest = ''] = /^(?:([a-z0-9+-]+):\/\/)?(.*)$/is.exec(text) ?? [];
  if (scheme !== undefined && !/^argus(-tcp|-tls)?$/i.test(scheme)) {
    const hint = /^(cisco|jflow|sflow)$/i.test(scheme) ? 'NetFlow and sFlow are not read yet.' : HINT;
    throw new UsageError(`cannot read records from '${scheme}://'`, { hint });
  }
  const tls = scheme === undefined || /^argus$/i.test(scheme) ? {} : { tls: /tls$/i.test(scheme) };
  if (rest.includes('@')) throw new UsageError(`'${text}' has a user's name`, { hint: BY_TOKEN });
  if (rest.includes('/')) throw new UsageError(`'${text}' has a path`, { hint: 'Servers give out what they receive, no files.' }); // prettier-ignore
  const bracketed = /^\[([0-9a-f:.%\w-]+)\](?::(.*))?$/i.exec(rest);
  if (bracketed !== null) return { host: bracketed[1] ?? '', port: toPort(bracketed[2], text), ...tls };
  if (/^[0-9a-f.]*:[0-9a-f.]*:[0-9a-f:.]*(%[\w-]+)?$/i.test(rest)) return { host: rest, port: RECORDS_PORT, ...tls };
  const [host = '', port] = rest.split(':');
  if (!/^[\w.-]+$/.test(host)) throw new UsageError(`'${text}' names no server`, { hint: HINT });
  return { host, port: toPort(port, text), ...tls };
}

/** As `parseServerAddress` reads it. */
export function formatServerAddress({ host, port, tls }: ServerAddress): string {
  const scheme = tls === undefined ? '' : `argus-${tls ? 'tls' : 'tcp'}://`;
  return host.includes(':') ? `${scheme}[${host}]:${port}` : `${scheme}${host}:${port}`;
}

function toPort(digits: string | undefined, text: string): number {
  if (digits === undefined) return RECORDS_PORT;
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
  if (port < 1 || port > 65_535) throw new UsageError(`'${digits}' in '${text}' is no port`, { hint: HINT });
  return port;
}
