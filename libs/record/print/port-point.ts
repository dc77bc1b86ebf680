import type { PrintColumn } from './options.ts';

/** Which port belongs to which address. */
const ADDRESS_OF: Readonly<Record<string, string>> = { sport: 'saddr', dport: 'daddr' };

/** Whether a column is of ports, and that before it of their addresses, so that a point may set them off. */
export function followsAddress({ name }: PrintColumn, before: PrintColumn | undefined): boolean {
  return before !== undefined && ADDRESS_OF[name] === before.name;
}
