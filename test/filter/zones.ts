import type { Lanes } from '../../libs/filter/ast.ts';
import { compareLanes } from '../../libs/filter/values.ts';
import type { FamilyZone, FieldZone, Zone } from '../../libs/filter/zone.ts';
import type { Batch } from '../../libs/record/batch.ts';
import type { AddressColumn, Column } from '../../libs/record/columns.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import { reader } from '../../libs/record/row.ts';

/** What is true of a batch, as far as `tells` says for each thing. */
export function zoneOf(batch: Batch, tells: () => boolean): Zone {
  const fields = new Map<number, FieldZone>();
  for (const { number } of Object.values(STORED_FIELDS)) {
    const zone = fieldZone(batch.columns[number], batch.rows, tells);
    if (zone !== undefined && tells()) fields.set(number, zone);
  }
  if (tells()) addLastTime(batch, fields);
  return {
    kind: tells() ? batch.kind : undefined,
    source: tells() ? batch.origin.source : undefined,
    fields,
  };
}

const rowsOf = (column: Column, rows: number): number[] =>
  Array.from({ length: rows }, (_, row) => row).filter((row) => column.has(row));

function fieldZone(column: Column | undefined, rows: number, tells: () => boolean): FieldZone | undefined {
  const present = column === undefined ? [] : rowsOf(column, rows);
  if (column === undefined || present.length === 0) return { kind: 'absent' };
  if (column.kind === 'address') return addressZone(column, present, rows, tells);
  if (!('values' in column)) return undefined;
  return numberZone(
    present.map((row) => column.values[row]!),
    rows,
  );
}

function numberZone(values: readonly number[], rows: number): FieldZone | undefined {
  const numbers = values.filter((value) => !Number.isNaN(value));
  if (values.length === 0) return { kind: 'absent' };
  if (numbers.length === 0) return undefined;
  return { kind: 'number', min: Math.min(...numbers), max: Math.max(...numbers), complete: numbers.length === rows };
}

function addressZone(column: AddressColumn, present: readonly number[], rows: number, tells: () => boolean): FieldZone {
  const held = new Set(
    present.map((row) => String([column.familyOf(row), ...([0, 1, 2, 3] as const).map((k) => column.lane(k, row))])),
  );
  return {
    kind: 'address',
    families: tells() ? familiesOf(column, present) : undefined,
    complete: present.length === rows,
    ...(tells() ? { mayHold: (family: number, address: Lanes) => held.has(String([family, ...address])) } : {}),
  };
}

function familiesOf(column: AddressColumn, present: readonly number[]): FamilyZone[] {
  const families = new Map<number, Lanes[]>();
  for (const row of present) {
    const lanes: Lanes = [column.lane(0, row), column.lane(1, row), column.lane(2, row), column.lane(3, row)];
    const family = column.familyOf(row);
    families.set(family, [...(families.get(family) ?? []), lanes]);
  }
  return [...families].map(([family, all]) => {
    const sorted = all.toSorted(compareLanes);
    return { family, min: sorted[0]!, max: sorted.at(-1)! };
  });
}

const LAST_TIME_NUMBER = 1000;

function addLastTime(batch: Batch, fields: Map<number, FieldZone>): void {
  const read = reader('ltime');
  const values = Array.from({ length: batch.rows }, (_, row) => read(batch, row));
  const zone = numberZone(
    values.filter((value) => typeof value === 'number'),
    batch.rows,
  );
  if (zone !== undefined) fields.set(LAST_TIME_NUMBER, zone);
}
