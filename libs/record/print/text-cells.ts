import { printable } from '../../core/sanitize.ts';
import type { BytesColumn } from '../columns.ts';
import { etherTypeName } from '../../address/ethertypes.ts';
import type { Value } from '../fields/field.ts';
import { IP_PROTOCOL } from '../fields/protocol.ts';
import { flagLetters, stateLetters, stateText } from '../fields/state.ts';
import { FIELDS, isStored } from '../fields/table.ts';
import { computed, numberReader, reader, type Reader } from '../row.ts';
import { writeNothing, type Cell, type CellContext } from './cell.ts';
import type { PayloadEncoding, StateStyle } from './options.ts';

/** A cell for texts of our own making, which are ASCII. */
function asciiCell(read: Reader): Cell {
  return (batch) => (out, row) => {
    const value = read(batch, row);
    if (typeof value === 'string') out.ascii(value);
  };
}

/** Texts from elsewhere: without what moves the cursor or turns the line around. */
export function textCell({ name }: CellContext): Cell {
  const read = reader(name);
  return (batch) => (out, row) => {
    const value = read(batch, row);
    if (typeof value === 'string') out.text(printable(value));
  };
}

/** Places with a letter each, of which blanks at the end are left out. */
export function lettersCell({ name }: CellContext): Cell {
  const read = reader(name);
  return (batch) => (out, row) => {
    const value = read(batch, row);
    if (typeof value === 'string') out.ascii(value.trimEnd());
  };
}

export const flagsCell = ({ name }: CellContext): Cell => asciiCell(reader(name));

/** Without padding the five places that the column has. */
export function directionCell({ name, settings }: CellContext): Cell {
  const read = reader(name);
  const place =
    settings.style === 'delimited' ? (text: string) => text.padStart(5) : (text: string) => text.trimStart();
  return asciiCell((batch, row) => {
    const value = read(batch, row);
    return typeof value === 'string' ? place(value) : undefined;
  });
}

/** What the state column computes of TCP in each style; of all else it is the state. */
const STATE_STYLES: Readonly<Record<StateStyle, (sflags: Value, dflags: Value, tcpstate: Value) => string>> = {
  state: () => '',
  letters: (_sflags, _dflags, tcpstate) => (typeof tcpstate === 'number' ? stateLetters(tcpstate) : ''),
  'source-flags': (sflags) => flagsOf(sflags),
  'destination-flags': (_sflags, dflags) => flagsOf(dflags),
  'both-flags': (sflags, dflags, tcpstate) =>
    typeof tcpstate === 'number' ? `${flagsOf(sflags)}_${flagsOf(dflags)}` : '',
};

const flagsOf = (flags: Value): string => (typeof flags === 'number' ? flagLetters(flags) : '');

export function stateCell({ settings }: CellContext): Cell {
  const plain = FIELDS.state as { from: readonly string[] };
  if (settings.state === 'state') return asciiCell(reader('state'));
  const style = STATE_STYLES[settings.state];
  return asciiCell(
    computed({
      from: ['sflags?', 'dflags?', ...plain.from],
      compute: (sflags: Value, dflags: Value, ...rest: Parameters<typeof stateText>) =>
        rest[3] === IP_PROTOCOL.tcp ? style(sflags, dflags, rest[4]) : stateText(...rest),
    }),
  );
}

/** The protocol by name, or by number: of IP, else the EtherType. */
export function protocolCell({ name, settings: { numeric } }: CellContext): Cell {
  const etype = numberReader('etype')!;
  const ipproto = numberReader('ipproto')!;
  if (numeric === 2) {
    return (batch) => (out, row) => {
      const protocol = ipproto(batch, row);
      const value = Number.isNaN(protocol) ? etype(batch, row) : protocol;
      if (!Number.isNaN(value)) out.integer(value);
    };
  }
  const byName = asciiCell(reader(name));
  if (numeric !== 1) return byName;
  return (batch) => {
    const write = byName(batch);
    return (out, row) => {
      const type = etype(batch, row);
      if (type > 0 && Number.isNaN(ipproto(batch, row)) && etherTypeName(type) === undefined) out.integer(type);
      else write(out, row);
    };
  };
}

const BYTES_OF: Readonly<Record<PayloadEncoding, (bytes: Buffer) => string>> = {
  ascii: (bytes) => bytes.toString('latin1').replace(/[^ -~]/g, '.'),
  hex: (bytes) => bytes.toString('hex'),
  base64: (bytes) => bytes.toString('base64'),
};

/** Characters that so many bytes print as. */
export function payloadWidth(encoding: PayloadEncoding, bytes: number): number {
  if (encoding === 'ascii') return bytes;
  return encoding === 'hex' ? 2 * bytes : 4 * Math.ceil(bytes / 3);
}

/** `s[5]=hello`: from whom, how many bytes, and the bytes; as text, a dot for each that is not printable ASCII. */
export function payloadCell({ name, field, settings, payloadMax }: CellContext): Cell {
  if (!isStored(field)) return () => writeNothing;
  const bare = settings.style === 'xml';
  const textOf = BYTES_OF[settings.payload];
  return (batch) => {
    const column = batch.columns[field.number] as BytesColumn | undefined;
    if (column === undefined) return writeNothing;
    return (out, row) => {
      if (!column.has(row)) return;
      const value = column.get(row);
      const length = Math.min(value.length, payloadMax);
      if (length === 0) return;
      out.ensure(2 * length + 32);
      if (!bare) out.ascii(`${name[0] ?? ''}[${length}]=`);
      out.ascii(textOf(Buffer.from(value.buffer, value.byteOffset, length)));
    };
  };
}
