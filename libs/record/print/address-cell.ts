import { formatIPv6 } from '../../address/ip.ts';
import { formatMac } from '../../address/mac.ts';
import { printable } from '../../core/sanitize.ts';
import { IPV4_ADDRESS, IPV6_ADDRESS, MAC_ADDRESS } from '../../packet/headers.ts';
import type { AddressColumn } from '../columns.ts';
import type { Address } from '../fields/field.ts';
import { isStored } from '../fields/table.ts';
import { reader } from '../row.ts';
import { writeNothing, type Cell, type CellContext } from './cell.ts';
import type { PrintOptions } from './options.ts';
import type { TextBuffer } from './text-buffer.ts';

/** Texts of addresses that took work to make, the last few thousand. */
const TEXTS_MAX = 8192;

type WriteAddress = (
  out: TextBuffer,
  family: number,
  lane0: number,
  lane1: number,
  lane2: number,
  lane3: number,
) => void;

function writeIPv4(out: TextBuffer, address: number): void {
  out.u32(address >>> 24);
  out.byte(0x2e);
  out.u32((address >>> 16) & 255);
  out.byte(0x2e);
  out.u32((address >>> 8) & 255);
  out.byte(0x2e);
  out.u32(address & 255);
}

/** Numeric addresses. */
export function addressWriter(): WriteAddress {
  const macs = new Map<number, string>();
  const hosts = new Map<number, { lane1: number; lane2: number; lane0: number; text: string }>();
  return (out, family, lane0, lane1, lane2, lane3) => {
    switch (family) {
      case IPV4_ADDRESS:
        writeIPv4(out, lane3);
        break;
      case IPV6_ADDRESS: {
        const known = hosts.get(lane3);
        if (known !== undefined && known.lane0 === lane0 && known.lane1 === lane1 && known.lane2 === lane2) {
          out.ascii(known.text);
          break;
        }
        if (hosts.size >= TEXTS_MAX) hosts.clear();
        const text = formatIPv6(lane0, lane1, lane2, lane3);
        hosts.set(lane3, { lane0, lane1, lane2, text });
        out.ascii(text);
        break;
      }
      case MAC_ADDRESS: {
        const key = (lane2 & 0xffff) * 2 ** 32 + lane3;
        let text = macs.get(key);
        if (text === undefined) {
          if (macs.size >= TEXTS_MAX) macs.clear();
          text = formatMac(lane2, lane3);
          macs.set(key, text);
        }
        out.ascii(text);
        break;
      }
      default:
    }
  };
}

/** As Argus has it for people: the Ethernet address of everybody has a name. */
function withBroadcast(write: WriteAddress): WriteAddress {
  return (out, family, lane0, lane1, lane2, lane3) => {
    if (family === MAC_ADDRESS && lane3 === 0xffffffff && (lane2 & 0xffff) === 0xffff) out.ascii('Broadcast');
    else write(out, family, lane0, lane1, lane2, lane3);
  };
}

/** Hosts by name, where the name is known. */
function withNames(write: WriteAddress, hostName: NonNullable<PrintOptions['hostName']>): WriteAddress {
  return (out, family, lane0, lane1, lane2, lane3) => {
    const name = hostName({ family, lanes: [lane0, lane1, lane2, lane3] });
    if (name === undefined) write(out, family, lane0, lane1, lane2, lane3);
    else out.text(printable(name));
  };
}

/** A cell that writes addresses of a field with `write`. */
export function addressCellWith({ name, field }: Pick<CellContext, 'name' | 'field'>, write: WriteAddress): Cell {
  if (!isStored(field)) {
    const read = reader(name);
    return (batch) => (out, row) => {
      const value = read(batch, row) as Address | undefined;
      if (value !== undefined) write(out, value.family, ...value.lanes);
    };
  }
  return (batch) => {
    const column = batch.columns[field.number] as AddressColumn | undefined;
    if (column === undefined) return writeNothing;
    return (out, row) => {
      if (!column.has(row)) return;
      write(
        out,
        column.familyOf(row),
        column.lane(0, row),
        column.lane(1, row),
        column.lane(2, row),
        column.lane(3, row),
      );
    };
  };
}

export function addressCell(context: CellContext): Cell {
  const { numeric, hostName } = context.settings;
  const numbers = withBroadcast(addressWriter());
  return addressCellWith(context, numeric === 3 && hostName !== undefined ? withNames(numbers, hostName) : numbers);
}
