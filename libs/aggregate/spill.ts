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
 * Records for which there is no room, in files in a temporary folder, shared out by the hash of their key: what belongs together
 * lies together.
 */
export class Spill {
  readonly #folder: string;
  readonly #shift: number;
  readonly #parts: (Part | undefined)[] = new Array<Part | undefined>(PARTITIONS).fill(undefined);
  readonly #rows = Array.from({ length: PARTITIONS }, () => [] as number[]);

  /**
   * @param level how often these records have been shared out before
   * @throws {SuiteError} when there is no place for temporary files
   */
  constructor(level: number) {
    this.#folder = attempt(() => mkdtempSync(join(tmpdir(), 'panoptes-groups-')));
    // From the left: tables look at the other bits.
    this.#shift = 32 - PARTITION_BITS * (level + 1);
  }

  /**
   * @param hashes of those rows, in their order
   * @throws {SuiteError} when the disk is full
   */
  push(batch: Batch, rows: Uint32Array, hashes: Uint32Array): void {
    for (let i = 0; i < rows.length; i++) this.#rows[(hashes[i]! >>> this.#shift) & (PARTITIONS - 1)]!.push(rows[i]!);
    for (let i = 0; i < PARTITIONS; i++) {
      const share = this.#rows[i]!;
      if (share.length === 0) continue;
      const part = (this.#parts[i] ??= new Part(join(this.#folder, String(i))));
      part.push(copyRows(batch, Uint32Array.from(share), share.length));
      share.length = 0;
    }
  }

  /** Reads each part that has records, once; its file is gone after that. */
  *parts(): Generator<AsyncIterable<Batch>> {
    for (const part of this.#parts) if (part !== undefined) yield part.read();
  }

  remove(): void {
    for (const part of this.#parts) part?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

class Part {
  readonly #path: string;
  #file: number | undefined;
  readonly #reblocker = new Reblocker();
  #first = 0;

  constructor(path: string) {
    this.#path = path;
    this.#file = attempt(() => openSync(path, 'wx'));
  }

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

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  async *read(): AsyncGenerator<Batch> {
    this.#write(this.#reblocker.flush());
    this.close();
    const stream = createReadStream(this.#path, { highWaterMark: CHUNK_BYTES });
    yield* new BatchReader(stream);
    rmSync(this.#path, { force: true });
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
