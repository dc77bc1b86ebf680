import type { Format } from '../fields/field.ts';
import { storedInputs } from '../fields/inputs.ts';
import { FIELDS, type FieldName } from '../fields/table.ts';
import type { PrintColumn, Settings } from './options.ts';

/** What a cell looks at beyond the inputs of its field. */
const BESIDE: Readonly<Partial<Record<Format, readonly FieldName[]>>> = {
  port: ['ipproto', 'icmptype', 'icmpcode', 'icmpid', 'spi'],
  protocol: ['etype', 'ipproto'],
  age: ['ltime'],
};

/** Numbers of the stored fields of which these columns are made; a batch of flow records may lack all others. */
export function printedFields(columns: readonly PrintColumn[], settings: Settings): Set<number> {
  return new Set(columns.flatMap((column) => columnInputs(column, settings)));
}

/** Numbers of the stored fields of which a column is made. */
export function columnInputs({ name }: PrintColumn, { state, masks }: Settings): number[] {
  const { format, nanoseconds = '', mask = '' } = FIELDS[name];
  const flags = format === 'state' && state !== 'state' ? ['sflags', 'dflags'] : [];
  return [name, nanoseconds, ...(masks === 'no' ? [] : [mask]), ...flags, ...(BESIDE[format] ?? [])].flatMap(
    storedInputs,
  );
}
