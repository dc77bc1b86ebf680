import { sapName } from '../../address/ethertypes.ts';
import { serviceName } from '../../address/ports.ts';
import type { Batch } from '../batch.ts';
import type { NumberColumn } from '../columns.ts';
import { IP_PROTOCOL } from '../fields/protocol.ts';
import { STORED_FIELDS } from '../fields/stored.ts';
import { isStored } from '../fields/table.ts';
import { writeNothing, type Cell, type CellContext, type CellWriter } from './cell.ts';
import type { TextBuffer } from './text-buffer.ts';

const numbersOf = (batch: Batch, field: { readonly number: number }): NumberColumn | undefined =>
  batch.columns[field.number] as NumberColumn | undefined;

/** The value, or -1 where there is none. */
const valueAt = (column: NumberColumn | undefined, row: number): number =>
  column === undefined || !column.has(row) ? -1 : column.values[row]!;

/**
 * Ports, LLC access points, and in the same columns what other protocols have in their place: of ICMP type, code and
 * identifier, of ESP the security parameters index.
 */
export function portCell({ name, field, settings }: CellContext): Cell {
  if (!isStored(field)) return () => writeNothing;
  const byName = settings.numeric === 0 || settings.numeric === 3;
  const isSource = name === 'sport';
  return (batch) => {
    const port = numbersOf(batch, field);
    const ipproto = numbersOf(batch, STORED_FIELDS.ipproto);
    const instead = insteadOfPort(batch, isSource, byName);
    return (out, row) => {
      const protocol = valueAt(ipproto, row);
      const value = valueAt(port, row);
      if (value < 0) instead(out, row, protocol);
      else if (byName) writeNamed(out, value, protocol);
      else out.integer(value);
    };
  };
}

function writeNamed(out: TextBuffer, port: number, protocol: number): void {
  if (protocol >= 0) {
    const service = serviceName(port, protocol === IP_PROTOCOL.udp ? 'udp' : 'tcp');
    if (service === undefined) out.integer(port);
    else out.ascii(service);
    return;
  }
  const sap = sapName(port);
  if (sap === undefined) out.hex(port, 2);
  else out.ascii(sap);
}

type WriteInstead = (out: TextBuffer, row: number, protocol: number) => void;

function insteadOfPort(batch: Batch, isSource: boolean, byName: boolean): WriteInstead {
  const type = numbersOf(batch, STORED_FIELDS.icmptype);
  const code = numbersOf(batch, STORED_FIELDS.icmpcode);
  const id = numbersOf(batch, STORED_FIELDS.icmpid);
  const spi = numbersOf(batch, STORED_FIELDS.spi);
  const icmp: CellWriter = (out, row) => {
    const value = isSource ? (Math.max(0, valueAt(code, row)) << 8) | valueAt(type, row) : valueAt(id, row);
    if (value >= 0) out.hex(value, 4);
  };
  const icmp6: CellWriter = (out, row) => {
    const value = Math.max(0, valueAt(isSource ? type : code, row));
    if (byName) out.hex(value, 4);
    else out.integer(value);
  };
  return (out, row, protocol) => {
    if (protocol === IP_PROTOCOL.icmp && valueAt(type, row) >= 0) icmp(out, row);
    else if (protocol === IP_PROTOCOL.icmp6 && valueAt(type, row) >= 0) icmp6(out, row);
    else if (protocol === IP_PROTOCOL.esp && !isSource && valueAt(spi, row) >= 0) out.hex(valueAt(spi, row), 8);
  };
}
