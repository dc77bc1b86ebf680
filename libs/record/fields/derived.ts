import { DERIVED_INTERVAL_FIELDS } from './derived-interval.ts';
import { DERIVED_KEY_FIELDS } from './derived-key.ts';
import { DERIVED_LINK_FIELDS } from './derived-link.ts';
import { DERIVED_TIME_FIELDS } from './derived-time.ts';
import { DERIVED_VOLUME_FIELDS } from './derived-volume.ts';
import type { DerivedField } from './field.ts';
import { PRINTED_FIELDS } from './printed.ts';
import { UNAVAILABLE_FIELDS } from './unavailable.ts';

/** Every field that a reader computes, by name; numbers are from 1000, which no batch holds. */
export const DERIVED_FIELDS = {
  ...DERIVED_KEY_FIELDS,
  ...DERIVED_TIME_FIELDS,
  ...DERIVED_VOLUME_FIELDS,
  ...DERIVED_INTERVAL_FIELDS,
  ...DERIVED_LINK_FIELDS,
  ...PRINTED_FIELDS,
  ...UNAVAILABLE_FIELDS,
} as const satisfies Record<string, DerivedField>;

export type DerivedName = keyof typeof DERIVED_FIELDS;
