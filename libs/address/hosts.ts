import { closeSync, openSync, readSync } from 'node:fs';
import { parseIP, type Lanes } from './ip.ts';

/** Where systems keep names of hosts that they know without asking anybody. */
const HOSTS_FILE = '/etc/hosts';
/** Of a longer file the rest is not read. */
const HOSTS_BYTES_MAX = 1 << 20;

export interface HostAddress {
  readonly family: 4 | 6;
  readonly lanes: Lanes;
}

let loaded: ReadonlyMap<string, readonly HostAddress[]> | undefined;

/** The addresses of a host by the system's own list, which is read once, on first use; nobody is asked. Empty when it is not there. */
export function hostAddresses(name: string): readonly HostAddress[] {
  loaded ??= parseHosts(readHosts(HOSTS_FILE));
  return loaded.get(name.toLowerCase()) ?? [];
}

/** Hosts in the format of hosts(5): `address name alias… # comment`. Lines that are not like that are passed over. */
export function parseHosts(text: string): ReadonlyMap<string, readonly HostAddress[]> {
  const hosts = new Map<string, HostAddress[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const ip = parseIP(address);
    if (ip === undefined) continue;
    for (const name of names.map((word) => word.toLowerCase())) {
      const known = hosts.get(name) ?? [];
      hosts.set(name, known);
      known.push(ip);
    }
  }
  return hosts;
}

function readHosts(path: string): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return ''; // no such file: there are no names
  }
  try {
    const bytes = new Uint8Array(HOSTS_BYTES_MAX);
    const length = readSync(file, bytes, 0, bytes.length, 0);
    return new TextDecoder('latin1').decode(bytes.subarray(0, length));
  } catch {
    return '';
  } finally {
    closeSync(file);
  }
}
