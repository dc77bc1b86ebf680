import { parseHost } from '../../libs/filter/values.ts';
import { FLOW_BATCH, type Batch, type BatchKind } from '../../libs/record/batch.ts';
import { BatchBuilder } from '../../libs/record/builder.ts';
import { STORED_FIELDS, type StoredName } from '../../libs/record/fields/stored.ts';
import { isNumeric } from '../../libs/record/kinds.ts';

/** Stored values by field; addresses and texts as they are written. What is not named is absent. */
export type Row = Partial<Record<StoredName, number | string>>;

export function batchOf(rows: readonly Row[], kind: BatchKind = FLOW_BATCH, source = 'probe-1'): Batch {
  const builder = new BatchBuilder(Math.max(1, rows.length));
  for (const row of rows) {
    const number = builder.addRow();
    for (const [name, value] of Object.entries(row)) set(builder, number, name as StoredName, value);
  }
  return builder.finish(kind, { source, run: 1 }, 0);
}

function set(builder: BatchBuilder, row: number, name: StoredName, value: number | string): void {
  const { number, kind } = STORED_FIELDS[name];
  if (kind === 'address') {
    const host = parseHost(String(value));
    if (host === undefined) throw new RangeError(`no address: ${value}`);
    const lanes = host.family === 4 ? ([0, 0, 0xffff, host.lanes[3]] as const) : host.lanes;
    builder.address(number).set(row, host.family, ...lanes);
  } else if (kind === 'text') builder.text(number).set(row, String(value));
  else if (isNumeric(kind)) builder.number(number, kind).set(row, Number(value));
  else {
    const bytes = Buffer.from(String(value));
    builder.bytes(number).set(row, bytes, 0, bytes.length);
  }
}
