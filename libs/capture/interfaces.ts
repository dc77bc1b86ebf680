import { readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { InputError } from '../core/errors.ts';

const LINUX_INTERFACES = '/sys/class/net';
/** netdevice(7) */
const IFF_UP = 0x1;
const IFF_LOOPBACK = 0x8;

/** All interfaces that are up but loopback, by name: on Linux also those without an address, as a tap's are. */
export function interfacesUp(): string[] {
  const names = linuxInterfaces(LINUX_INTERFACES);
  if (names !== undefined) return names;
  return Object.entries(networkInterfaces())
    .filter(([, addresses]) => addresses?.some(({ internal }) => !internal) === true)
    .map(([name]) => name)
    .sort();
}

/** @returns undefined where there is no such folder */
function linuxInterfaces(folder: string): string[] | undefined {
  try {
    return readdirSync(folder)
      .filter((name) => {
        const flags = flagsOf(folder, name);
        return (flags & IFF_UP) !== 0 && (flags & IFF_LOOPBACK) === 0;
      })
      .sort();
  } catch {
    return undefined;
  }
}

/** 0 for what is no interface, or no more. */
function flagsOf(folder: string, name: string): number {
  try {
    return Number(readFileSync(`${folder}/${name}/flags`, 'utf8'));
  } catch {
    return 0;
  }
}

/**
 * The interface that is captured on when none is named: the first that has an address and is no loopback, else the first
 * that is up.
 * @throws {InputError} when there is none
 */
export function defaultInterface(): string {
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    if (addresses?.some(({ internal }) => !internal) === true) return name;
  }
  const [first] = interfacesUp();
  if (first === undefined)
    throw new InputError('no interface is up', { hint: 'Name one with -i, or read a file with -r.' });
  return first;
}
