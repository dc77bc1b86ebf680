import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BatchReader } from '../../libs/codec/read.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { cellsOf } from '../support/batches.ts';

/** Paths below a folder; those of files that are not finished only when asked for. */
export function filesBelow(folder: string, withUnfinished = false): string[] {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile() && (withUnfinished || !entry.name.startsWith('.')))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

export async function batchesIn(path: string): Promise<Batch[]> {
  const batches: Batch[] = [];
  const reader = new BatchReader(createReadStream(path));
  for await (const batch of reader) batches.push(batch);
  if (reader.damage !== undefined || reader.problems.size > 0) throw new Error(`${path} is damaged`);
  return batches;
}

/** The numbers of all records in the files of a folder, ascending; some records have none. */
export async function numbersBelow(folder: string, withUnfinished = false): Promise<number[]> {
  const numbers: number[] = [];
  for (const name of filesBelow(folder, withUnfinished)) {
    for (const batch of await batchesIn(join(folder, name)))
      numbers.push(...cellsOf(batch, 'flowid').filter((cell) => typeof cell === 'number'));
  }
  return numbers.sort((a, b) => a - b);
}

export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
