import { parseIP } from '../../libs/address/ip.ts';
import { parseMac } from '../../libs/address/mac.ts';
import { MAC_ADDRESS } from '../../libs/packet/headers.ts';
import { FLOW_BATCH, type Batch, type BatchKind } from '../../libs/record/batch.ts';
import { BatchBuilder } from '../../libs/record/builder.ts';
import type { StoredField } from '../../libs/record/fields/field.ts';
import { STORED_FIELDS, type StoredName } from '../../libs/record/fields/stored.ts';

/** Values of one record as a test writes them: addresses as text, everything else as stored. */
export type RecordValues = { readonly [name in StoredName]?: number | string | Uint8Array };

export const ORIGIN = { source: '192.0.2.250', run: 1_700_000_000_000_000 };

/** A batch of the given records. */
export function recordBatch(records: readonly RecordValues[], kind: BatchKind = FLOW_BATCH, origin = ORIGIN): Batch {
  const builder = new BatchBuilder(Math.max(1, records.length));
  for (const record of records) {
    const row = builder.addRow();
    for (const [name, value] of Object.entries(record)) put(builder, row, STORED_FIELDS[name as StoredName], value);
  }
  return builder.finish(kind, origin, 0);
}

function put(
  builder: BatchBuilder,
  row: number,
  { number, kind }: StoredField,
  value: number | string | Uint8Array,
): void {
  if (kind === 'text') builder.text(number).set(row, String(value));
  else if (kind === 'bytes') {
    const bytes = typeof value === 'object' ? value : new TextEncoder().encode(String(value));
    builder.bytes(number).set(row, bytes, 0, bytes.length);
  } else if (kind === 'address') {
    const { family, lanes } = addressOf(String(value));
    builder.address(number).set(row, family, ...lanes);
  } else builder.number(number, kind).set(row, Number(value));
}

function addressOf(text: string): { family: number; lanes: readonly [number, number, number, number] } {
  const mac = parseMac(text);
  if (mac !== undefined) return { family: MAC_ADDRESS, lanes: [0, 0, ...mac] };
  const ip = parseIP(text);
  if (ip === undefined) throw new TypeError(`'${text}' is no address`);
  return ip;
}
