import { writeIPv6 } from '../../address/ip.ts';
import { formatMac } from '../../address/mac.ts';
import { printable } from '../../core/sanitize.ts';
import { IPV4_ADDRESS, IPV6_ADDRESS, MAC_ADDRESS } from '../../packet/headers.ts';
import type { AddressColumn, NumberColumn } from '../columns.ts';
import type { Address } from '../fields/field.ts';
import { fieldByName, isStored } from '../fields/table.ts';
import { reader } from '../row.ts';
import { writeNothing, type Cell, type CellContext } from './cell.ts';
import type { PrintOptions } from './options.ts';
import type { TextBuffer } from './text-buffer.ts';

/** Texts of MAC addresses, the last few thousand. */
const TEXTS_MAX = 8192;

/** @param length how many bits of the address are known; `WHOLE` when it is left out */
type WriteAddress = (
  out: TextBuffer,
  family: number,
  lane0: number,
  lane1: number,
  lane2: number,
  lane3: number,
  length?: number,
) => void;

const SLASH = 0x2f;
/** More than any address has. */
const WHOLE = 0xff;
const BITS: Readonly<Record<number, number>> = { [IPV4_ADDRESS]: 32, [IPV6_ADDRESS]: 128, [MAC_ADDRESS]: 48 };

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
function addressWriter(): WriteAddress {
  const macs = new Map<number, string>();
  return (out, family, lane0, lane1, lane2, lane3) => {
    switch (family) {
      case IPV4_ADDRESS:
        writeIPv4(out, lane3);
        break;
      case IPV6_ADDRESS:
        out.end = writeIPv6(out.bytes, out.end, lane0, lane1, lane2, lane3);
        break;
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
  return (out, family, lane0, lane1, lane2, lane3, length = WHOLE) => {
    const name = length === WHOLE ? hostName({ family, lanes: [lane0, lane1, lane2, lane3] }) : undefined;
    if (name === undefined) write(out, family, lane0, lane1, lane2, lane3, length);
    else out.text(printable(name));
  };
}

/** Behind the address a slash and the length of its mask, where that is to print. */
function withMasks(write: WriteAddress, isStrict: boolean): WriteAddress {
  return (out, family, lane0, lane1, lane2, lane3, length = WHOLE) => {
    write(out, family, lane0, lane1, lane2, lane3, length);
    const bits = BITS[family] ?? 0;
    // Of MAC addresses nobody expects to be told that they are whole.
    const prints = length < bits ? isStrict || length > 0 : isStrict && family !== MAC_ADDRESS;
    if (!prints) return;
    out.byte(SLASH);
    out.u32(Math.min(length, bits));
  };
}

type AddressContext = Pick<CellContext, 'name' | 'field' | 'settings'>;

/** Number of the field with the masks of a field's addresses; undefined where there is none, or masks do not print. */
function maskNumber({ field: { mask }, settings }: AddressContext): number | undefined {
  return settings.masks === 'no' || mask === undefined ? undefined : fieldByName(mask)?.number;
}

function addressCellWith(context: AddressContext, write: WriteAddress): Cell {
  const { name, field } = context;
  if (!isStored(field)) {
    const read = reader(name);
    return (batch) => (out, row) => {
      const value = read(batch, row) as Address | undefined;
      if (value !== undefined) write(out, value.family, ...value.lanes);
    };
  }
  const mask = maskNumber(context);
  return (batch) => {
    const column = batch.columns[field.number] as AddressColumn | undefined;
    if (column === undefined) return writeNothing;
    const masks = mask === undefined ? undefined : (batch.columns[mask] as NumberColumn | undefined);
    return (out, row) => {
      if (!column.has(row)) return;
      write(
        out,
        column.familyOf(row),
        column.lane(0, row),
        column.lane(1, row),
        column.lane(2, row),
        column.lane(3, row),
        masks?.has(row) === true ? masks.values[row]! : WHOLE,
      );
    };
  };
}

function masked(context: AddressContext, write: WriteAddress): WriteAddress {
  return maskNumber(context) === undefined ? write : withMasks(write, context.settings.masks === 'strict');
}

/** Addresses as numbers, also that of everybody. */
export function numericAddressCell(context: AddressContext): Cell {
  return addressCellWith(context, masked(context, addressWriter()));
}

export function addressCell(context: CellContext): Cell {
  const { numeric, hostName } = context.settings;
  const numbers = withBroadcast(addressWriter());
  const write = numeric === 3 && hostName !== undefined ? withNames(numbers, hostName) : numbers;
  return addressCellWith(context, masked(context, write));
}
