import { existsSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { decodeFrame } from '../../libs/codec/decode.ts';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { FrameSplitter } from '../../libs/codec/split.ts';
import { FLOW_BATCH, type Batch } from '../../libs/record/batch.ts';
import { copyRows } from '../../libs/record/select.ts';
import type { Capture } from './captures.ts';
import { measure } from './measure.ts';
import type { Suite } from './programs.ts';

/** Rows of a batch as a busy probe sends them. */
const BATCH_ROWS = 4096;
const START_BYTES = 128;

/** The file of records that a probe makes of a capture, with one each second of every flow; made once. */
export async function recordsOf({ path }: Capture, { name, argus }: Suite): Promise<string> {
  const output = `${path.replace(/\.pcap$/, '')}.${name}-records`;
  if (existsSync(output)) return output;
  console.error(`writing ${output} …`);
  await measure([...argus, '-X', '-S', '1', '-r', path, '-w', `${output}.part`]);
  await rename(`${output}.part`, output);
  return output;
}

/** The flow records of a file of ours, as a probe under load would send them: full batches, numbered from 0. */
export async function flowBatches(path: string): Promise<Batch[]> {
  const batches: Batch[] = [];
  let first = 0;
  for (const frame of new FrameSplitter().push(await readFile(path))) {
    const decoded = decodeFrame(frame, { verified: true });
    if ('problem' in decoded) throw new Error(`${path}: ${decoded.problem}`);
    const { batch } = decoded;
    for (let row = 0; batch.kind === FLOW_BATCH && row < batch.rows; row += BATCH_ROWS) {
      const rows = Uint32Array.from({ length: Math.min(BATCH_ROWS, batch.rows - row) }, (_, i) => row + i);
      batches.push({ ...copyRows(batch, rows, rows.length), first, covers: rows.length });
      first += rows.length;
    }
  }
  return batches;
}

/** Records ready to be sent: pieces of a stream, and how many records each holds. */
export interface Parcel {
  readonly bytes: Uint8Array;
  readonly records: number;
}

/** A frame for each batch, the whole `copies` times, each time as another run of the probe. */
export function frameParcels(batches: readonly Batch[], copies: number): (Parcel & { readonly batch: Batch })[] {
  return Array.from({ length: copies }, (_, copy) =>
    batches.map((each) => {
      const batch = { ...each, origin: { ...each.origin, run: each.origin.run + copy } };
      return { bytes: encodeBatch(batch), records: batch.rows, batch };
    }),
  ).flat();
}

/** The start record of a file of the original's, and what follows in parcels. */
export async function argusParcels(path: string): Promise<{ start: Uint8Array; parcels: Parcel[] }> {
  const bytes = await readFile(path);
  const parcels: Parcel[] = [];
  let [from, records] = [START_BYTES, 0];
  for (let at = START_BYTES; at + 4 <= bytes.length;) {
    if (bytes[at]! >> 4 === 1) records += 1;
    at += 4 * bytes.readUInt16BE(at + 2);
    if (records < BATCH_ROWS && at < bytes.length) continue;
    parcels.push({ bytes: bytes.subarray(from, at), records });
    [from, records] = [at, 0];
  }
  return { start: bytes.subarray(0, START_BYTES), parcels };
}
