import { DERIVED_FIELDS, type DerivedName } from './derived.ts';
import type { DerivedField, StoredField } from './field.ts';
import { STORED_FIELDS, type StoredName } from './stored.ts';

/** Every field that has a name, stored and derived. */
export const FIELDS: Readonly<Record<FieldName, Field>> = { ...STORED_FIELDS, ...DERIVED_FIELDS };

export type FieldName = StoredName | DerivedName;

export type Field = StoredField | DerivedField;

/** Whether batches hold it; if not, it is computed. */
export function isStored(field: Field): field is StoredField {
  return 'merge' in field;
}

export function isFieldName(name: string): name is FieldName {
  return Object.hasOwn(FIELDS, name);
}

/** @returns undefined when no field has that name */
export function fieldByName(name: string): Field | undefined {
  return isFieldName(name) ? FIELDS[name] : undefined;
}

/** All names, in the order of the table. */
export const FIELD_NAMES = Object.keys(FIELDS) as readonly FieldName[];
