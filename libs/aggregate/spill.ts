import { closeSync, createReadStream, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeBatch } from '../codec/encode.ts';
import { BatchReader } from '../codec/read.ts';
import { SuiteError } from '../core/errors.ts';
import type { Batch } from '../record/batch.ts';
import { Reblocker } from '../record/reblock.ts';
import { copyRows } from '../record/select.ts';

const PARTITION_BITS = 4;
export const PARTITIONS = 1 << PARTITION_BITS;
/** Hashes are used up at this depth. */
export const LEVELS_MAX = 32 / PARTITION_BITS;
const CHUNK_BYTES = 1 << 20;

/**
 * Records for which there is no room, in temporary files, shared out by the hash of their key: what belongs together
 * lies together. The files have no names: they go with the process, however that ends.
 */
export class Spill {
  readonly #shift: number;
  readonly #parts: (Part | undefined)[] = new Array<Part | undefined>(PARTITIONS).fill(undefined);
  readonly #rows = Array.from({ length: PARTITIONS }, () => [] as number[]);

  /** @param level how often these records have been shared out before */
  constructor(level: number) {
    // From the left: tables look at the other bits.
    this.#shift = 32 - PARTITION_BITS * (level + 1);
  }

  /**
   * @param hashes of those rows, in their order
   * @throws {SuiteError} when the disk is full, or there is no place for temporary files
   */
  push(batch: Batch, rows: Uint32Array, hashes: Uint32Array): void {
    for (let i = 0; i < rows.length; i++) this.#rows[(hashes[i]! >>> this.#shift) & (PARTITIONS - 1)]!.push(rows[i]!);
    for (let i = 0; i < PARTITIONS; i++) {
      const share = this.#rows[i]!;
      if (share.length === 0) continue;
      const part = (this.#parts[i] ??= new Part());
      part.push(copyRows(batch, Uint32Array.from(share), share.length));
      share.length = 0;
    }
  }

  /** Reads each part that has records, once; its file is gone after that. */
  *parts(): Generator<AsyncIterable<Batch>> {
    for (const part of this.#parts) part?.flush();
    for (const part of this.#parts) if (part !== undefined) yield part.read();
  }

  close(): void {
    for (const part of this.#parts) part?.close();
  }
}

class Part {
  #file: number | undefined = attempt(openNameless);
  readonly #reblocker = new Reblocker();
  #first = 0;

  push(batch: Batch): void {
    // Numbers that follow each other let batches become larger ones.
    const { rows } = batch;
    this.#write(this.#reblocker.push({ ...batch, first: this.#first, covers: rows }));
    this.#first += rows;
  }

  #write(batches: readonly Batch[]): void {
    for (const batch of batches) {
      const frame = encodeBatch(batch);
      attempt(() => {
        for (let at = 0; at < frame.length;) at += writeSync(this.#file!, frame, at);
      });
    }
  }

  flush(): void {
    this.#write(this.#reblocker.flush());
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  async *read(): AsyncGenerator<Batch> {
    if (this.#file === undefined) return;
    const stream = createReadStream('', { fd: this.#file, start: 0, autoClose: false, highWaterMark: CHUNK_BYTES });
    yield* new BatchReader(stream);
    this.close();
  }
}

function openNameless(): number {
  const folder = mkdtempSync(join(tmpdir(), 'panoptes-groups-'));
  try {
    return openSync(join(folder, 'part'), 'wx+', 0o600);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function attempt<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SuiteError(`no room for records that do not fit in memory: ${reason}`, {
      cause: error,
      hint: 'Give more memory with --memory, or another folder for temporary files with TMPDIR.',
    });
  }
}
