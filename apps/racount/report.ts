import type { ClassCount } from './address-counts.ts';
import type { Amount, ProtocolAmount } from './record-counts.ts';

export interface Counted {
  readonly total: Amount;
  /** Undefined where nobody asked. */
  readonly protocols: readonly ProtocolAmount[] | undefined;
  readonly addresses: readonly ClassCount[] | undefined;
}

const HEADING =
  'racount   records     total_pkts     src_pkts       dst_pkts       total_bytes        src_bytes          dst_bytes';
const NAME_WIDTH = 7;
const WIDTHS = [12, 15, 15, 15, 19, 19, 18];
const CLASS_WIDTH = 26;

/** The tables that Argus prints. */
export function countsAsText({ total, protocols, addresses }: Counted): string {
  const lines = [HEADING, line('sum', total)];
  if (protocols !== undefined) lines.push('Protocol Summary', ...protocols.map((one) => line(one.name, one)));
  if (addresses !== undefined) lines.push('Address Summary', ...addresses.map(classLine));
  return `${lines.join('\n')}\n`;
}

function line(name: string, amount: Amount): string {
  const cells = numbersOf(amount).map((value, i) => String(value).padEnd(WIDTHS[i]!));
  return `${name.padStart(NAME_WIDTH)}   ${cells.join('')}`;
}

function numbersOf(amount: Amount): number[] {
  const { records, sourcePackets, destinationPackets, sourceBytes, destinationBytes } = amount;
  const packets = [sourcePackets + destinationPackets, sourcePackets, destinationPackets];
  return [records, ...packets, sourceBytes + destinationBytes, sourceBytes, destinationBytes];
}

function classLine({ name, sources, destinations }: ClassCount): string {
  return `  ${name.padEnd(CLASS_WIDTH)}src ${String(sources).padEnd(12)}dst ${String(destinations).padEnd(10)}`;
}

/** One object, in a line. */
export function countsAsJson({ total, protocols, addresses }: Counted): string {
  return `${JSON.stringify({
    ...jsonOf(total),
    ...(protocols !== undefined && { protocols: protocols.map((one) => ({ proto: one.name, ...jsonOf(one) })) }),
    ...(addresses !== undefined && { addresses: addresses.map(({ name, sources, destinations }) => ({ class: name, src: sources, dst: destinations })) }),
  })}\n`; // prettier-ignore
}

function jsonOf(amount: Amount): object {
  const [records, pkts, spkts, dpkts, bytes, sbytes, dbytes] = numbersOf(amount);
  return { records, pkts, spkts, dpkts, bytes, sbytes, dbytes };
}
