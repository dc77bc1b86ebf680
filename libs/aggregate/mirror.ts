import type { Batch } from '../record/batch.ts';
import { NumberColumn, type Column } from '../record/columns.ts';
import { EVENT, SCTP_STATE, TCP_STATE } from '../record/fields/field.ts';
import { STORED_BY_NUMBER, STORED_FIELDS, type StoredName } from '../record/fields/stored.ts';

const isStoredName = (name: string): name is StoredName => Object.hasOwn(STORED_FIELDS, name);

function counterpart(name: string): StoredName | undefined {
  if (name === 'tunsrc') return 'tundst';
  if (name === 'tundst') return 'tunsrc';
  const other = name.replace(/^[sd]/, (side) => (side === 's' ? 'd' : 's'));
  return other !== name && isStoredName(other) ? other : undefined;
}

/** Number of the field that says of the other side what a field says of one; itself where it speaks of both. */
const MIRROR: ReadonlyMap<number, number> = new Map(
  [...STORED_BY_NUMBER].map(([number, { name }]) => {
    const other = counterpart(name);
    return [number, other === undefined ? number : STORED_FIELDS[other].number];
  }),
);

export function mirrorOf(field: number): number {
  return MIRROR.get(field) ?? field;
}

type BitPair = readonly [source: number, destination: number];

const EVENT_PAIRS: readonly BitPair[] = [
  [EVENT.sourceZeroWindow, EVENT.destinationZeroWindow],
  [EVENT.sourceEcn, EVENT.destinationEcn],
  [EVENT.sourceOutOfOrder, EVENT.destinationOutOfOrder],
];

/** Bits of one side and the other, by number of the field that holds them. */
const BIT_PAIRS: ReadonlyMap<number, readonly BitPair[]> = new Map([
  [STORED_FIELDS.events.number, EVENT_PAIRS],
  [STORED_FIELDS.tcpstate.number, [[TCP_STATE.sourceReset, TCP_STATE.destinationReset]]],
  [STORED_FIELDS.sctpstate.number, [[SCTP_STATE.sourceAbort, SCTP_STATE.destinationAbort]]],
]);

/** A value of the field as it is when initiator and responder change places. */
export function mirrorBits(field: number, value: number): number {
  const pairs = BIT_PAIRS.get(field);
  if (pairs === undefined) return value;
  let mirrored = value;
  for (const [source, destination] of pairs) {
    mirrored &= ~(source | destination);
    if ((value & source) !== 0) mirrored |= destination;
    if ((value & destination) !== 0) mirrored |= source;
  }
  return mirrored >>> 0;
}

/** The same records with initiator and responder in each other's place. Columns are shared, apart from those of bits. */
export function mirrorBatch(batch: Batch): Batch {
  const columns: (Column | undefined)[] = [];
  batch.columns.forEach((column, field) => {
    if (column !== undefined) columns[mirrorOf(field)] = mirrorColumn(field, column);
  });
  for (let field = 0; field < columns.length; field++) columns[field] ??= undefined;
  return { ...batch, columns };
}

function mirrorColumn(field: number, column: Column): Column {
  if (column.kind !== 'bits' || !BIT_PAIRS.has(field)) return column;
  const values = Uint32Array.from(column.values, (value) => mirrorBits(field, value));
  return new NumberColumn('bits', values, column.valid);
}

const RESPONDER_COLUMNS = [...STORED_BY_NUMBER]
  .filter(([, { name }]) => name.startsWith('d') && counterpart(name) !== undefined)
  .map(([number]) => number);
const KEY_COLUMNS: ReadonlySet<number> = new Set([STORED_FIELDS.daddr.number, STORED_FIELDS.dmask.number, STORED_FIELDS.dport.number, STORED_FIELDS.dmac.number]); // prettier-ignore
const COUNTERS: ReadonlySet<number> = new Set([STORED_FIELDS.dpkts.number, STORED_FIELDS.dbytes.number]);

/** The records without what the responder sent: who it was stays, its counters are zero, the rest of it is absent. */
export function initiatorOnly(batch: Batch): Batch {
  const columns = batch.columns.slice();
  for (const field of RESPONDER_COLUMNS) {
    const column = columns[field];
    if (column === undefined || KEY_COLUMNS.has(field)) continue;
    columns[field] =
      COUNTERS.has(field) && 'values' in column
        ? new NumberColumn(column.kind, column.values.slice().fill(0), column.valid)
        : undefined;
  }
  return { ...batch, columns };
}
