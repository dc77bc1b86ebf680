import { CORE_FIELDS } from './core.ts';
import type { StoredField } from './field.ts';
import { MANAGEMENT_FIELDS } from './management.ts';
import { NETWORK_FIELDS } from './network.ts';
import { OPTIONAL_FIELDS } from './optional.ts';
import { READING_FIELDS } from './reading.ts';
import { TRANSPORT_FIELDS } from './transport.ts';

/** Every field that batches hold, by name, those of reading at the end. */
export const STORED_FIELDS = {
  ...CORE_FIELDS,
  ...NETWORK_FIELDS,
  ...TRANSPORT_FIELDS,
  ...OPTIONAL_FIELDS,
  ...MANAGEMENT_FIELDS,
  ...READING_FIELDS,
} as const satisfies Record<string, StoredField>;

export type StoredName = keyof typeof STORED_FIELDS;

/** Stored fields by number; a number without one is unknown to this version. */
export const STORED_BY_NUMBER: ReadonlyMap<number, { readonly name: StoredName; readonly field: StoredField }> =
  new Map(
    (Object.keys(STORED_FIELDS) as StoredName[]).map((name) => [
      STORED_FIELDS[name].number,
      { name, field: STORED_FIELDS[name] },
    ]),
  );
