import type { Batch } from './batch.ts';
import type { NumberColumn } from './columns.ts';
import type { DerivedField, Address, StoredField, Value } from './fields/field.ts';
import { FIELDS, isFieldName, isStored, type FieldName } from './fields/table.ts';
import { isNumeric } from './kinds.ts';

/** The value of one field in one row of any batch; `undefined` is absent. */
export type Reader = (batch: Batch, row: number) => Value;

/** As `Reader`, for fields whose values are numbers; NaN is absent. */
export type NumberReader = (batch: Batch, row: number) => number;

/**
 * How to read a field, stored or derived. Compile once, read many rows. Numbers come as they are stored: times the
 * field's `scale` they are what people see.
 */
export function reader(name: FieldName): Reader {
  const field = FIELDS[name];
  return isStored(field) ? storedReader(field) : computed(field);
}

/** `reader` for what is computed from fields, whether or not it is one itself. */
export function computed({ from, compute }: Pick<DerivedField, 'from' | 'compute'>): Reader {
  const inputs = from.map(inputReader);
  const optional = from.map((name) => name.endsWith('?'));
  const call = compute as (...values: Value[]) => Value;
  return inputs.length <= 2 ? ofFew(inputs, optional, call) : ofMany(inputs, optional, call);
}

/** @returns undefined when the field's values are not numbers */
export function numberReader(name: FieldName): NumberReader | undefined {
  const field = FIELDS[name];
  if (isStored(field) && isNumeric(field.kind)) return storedNumberReader(field);
  if (field.kind !== 'number') return undefined;
  const read = reader(name);
  return (batch, row) => {
    const value = read(batch, row);
    return typeof value === 'number' ? value : NaN;
  };
}

function storedNumberReader({ number, absent = NaN }: StoredField): NumberReader {
  return (batch, row) => {
    const column = batch.columns[number] as NumberColumn | undefined;
    return column === undefined || !column.has(row) ? absent : column.values[row]!;
  };
}

function storedReader({ number, kind, absent }: StoredField): Reader {
  if (isNumeric(kind)) {
    return (batch, row) => {
      const column = batch.columns[number] as NumberColumn | undefined;
      return column === undefined || !column.has(row) ? absent : column.values[row];
    };
  }
  return (batch, row) => {
    const column = batch.columns[number];
    if (column === undefined || !column.has(row)) return undefined;
    switch (column.kind) {
      case 'address':
        return addressAt(column, row);
      case 'text':
      case 'bytes':
        return column.get(row);
      default:
        return column.values[row];
    }
  };
}

function addressAt(
  column: { familyOf(row: number): number; lane(k: 0 | 1 | 2 | 3, row: number): number },
  row: number,
): Address {
  const lanes = [column.lane(0, row), column.lane(1, row), column.lane(2, row), column.lane(3, row)] as const;
  return { family: column.familyOf(row), lanes };
}

function inputReader(input: string): Reader {
  const name = input.endsWith('?') ? input.slice(0, -1) : input;
  if (name === '@source') return (batch) => batch.origin.source;
  if (name === '@run') return (batch) => batch.origin.run;
  if (!isFieldName(name)) throw new TypeError(`no field '${name}' to compute from`);
  return reader(name);
}

type Call = (...values: Value[]) => Value;

function ofFew(
  [first, second]: readonly Reader[],
  [firstOptional, secondOptional]: readonly boolean[],
  call: Call,
): Reader {
  if (first === undefined) return () => call();
  if (second === undefined) {
    return (batch, row) => {
      const value = first(batch, row);
      return value === undefined && firstOptional !== true ? undefined : call(value);
    };
  }
  return (batch, row) => {
    const a = first(batch, row);
    if (a === undefined && firstOptional !== true) return undefined;
    const b = second(batch, row);
    return b === undefined && secondOptional !== true ? undefined : call(a, b);
  };
}

function ofMany(inputs: readonly Reader[], optional: readonly boolean[], call: Call): Reader {
  const values = new Array<Value>(inputs.length).fill(undefined);
  return (batch, row) => {
    for (let i = 0; i < inputs.length; i++) {
      const value = inputs[i]!(batch, row);
      if (value === undefined && !optional[i]!) return undefined;
      values[i] = value;
    }
    return call(...values);
  };
}
