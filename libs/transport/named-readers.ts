import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomically } from '../core/atomic-file.ts';
import { makeFolder } from '../core/make-folder.ts';
import type { Batch } from '../record/batch.ts';
import { isReaderName } from './handshake.ts';
import { Losses } from './losses.ts';

/** A reader for which records are kept while it is away. */
export interface NamedReader {
  readonly name: string;
  /** It has everything below this position of the log. */
  acked: number;
  /** It ever acknowledged something. */
  proven: boolean;
  /** When it was last connected, by `performance.now()`: a clock that is set does not make anybody stay away longer. */
  seenMs: number;
  /** What was given up before it had it. */
  readonly losses: Losses;
}

type IsConnected = (reader: NamedReader) => boolean;

const FILE = 'readers.json';
/** Most readers that are remembered. */
const READERS_MAX = 1024;

/** The named readers of a server, which it remembers over its own end. */
export class NamedReaders {
  readonly #readers = new Map<string, NamedReader>();
  #file: string | undefined;
  readonly #keepMs: number;
  #changed = false;
  #savedMs = -Infinity;

  /**
   * @param directory where they are remembered; undefined is nowhere
   * @param keepMs milliseconds after which one that does not come back is forgotten
   */
  constructor(directory: string | undefined, keepMs: number) {
    this.#keepMs = keepMs;
    this.#file = directory === undefined ? undefined : join(directory, FILE);
    const now = performance.now();
    for (const { name, acked, proven = true, seenMs } of load(this.#file)) {
      const awayMs = Math.max(0, Date.now() - seenMs);
      this.#readers.set(name, { name, acked, proven, seenMs: now - awayMs, losses: new Losses() });
    }
  }

  /** The folder that they are remembered in is called so by now. */
  moveTo(directory: string): void {
    this.#file = join(directory, FILE);
  }

  get size(): number {
    return this.#readers.size;
  }

  [Symbol.iterator](): IterableIterator<NamedReader> {
    return this.#readers.values();
  }

  /** Everything below this is had by all; undefined when there is nobody. */
  get acked(): number | undefined {
    let least: number | undefined;
    for (const { acked } of this.#readers.values()) if (least === undefined || acked < least) least = acked;
    return least;
  }

  /**
   * The reader of this name, which is there now. When there are too many, the one goes that is longest away of those that never
   * acknowledged anything: who comes with ever new names does not keep others out.
   * @param start where one begins that is new
   * @returns undefined when all others are connected, or did acknowledge something
   */
  meet(name: string, start: number, isConnected: IsConnected): NamedReader | undefined {
    let reader = this.#readers.get(name);
    if (reader === undefined) {
      if (this.#readers.size >= READERS_MAX && !this.#forgetStranger(isConnected)) return undefined;
      reader = { name, acked: start, proven: false, seenMs: 0, losses: new Losses() };
      this.#readers.set(name, reader);
    }
    reader.seenMs = performance.now();
    this.#changed = true;
    return reader;
  }

  #forgetStranger(isConnected: IsConnected): boolean {
    let stranger: NamedReader | undefined;
    for (const reader of this.#readers.values()) {
      if (reader.proven || isConnected(reader)) continue;
      if (stranger === undefined || reader.seenMs < stranger.seenMs) stranger = reader;
    }
    return stranger !== undefined && this.#readers.delete(stranger.name);
  }

  acknowledge(reader: NamedReader, position: number): void {
    if (position <= reader.acked) return;
    reader.acked = position;
    reader.proven = true;
    reader.seenMs = performance.now();
    this.#changed = true;
  }

  /** Notes a batch that is no more for those that did not have it. */
  giveUp(position: number, batch: Pick<Batch, 'origin' | 'first' | 'covers'>): void {
    for (const reader of this.#readers.values()) {
      if (reader.acked <= position) reader.losses.note(position, batch);
    }
  }

  /** Forgets who has been away for too long. @returns their names */
  forgetOld(isConnected: IsConnected): string[] {
    const gone: string[] = [];
    for (const [name, reader] of this.#readers) {
      if (isConnected(reader)) reader.seenMs = performance.now();
      else if (performance.now() - reader.seenMs > this.#keepMs) {
        this.#readers.delete(name);
        gone.push(name);
        this.#changed = true;
      }
    }
    return gone;
  }

  /** Milliseconds since they were saved last. */
  get savedAgoMs(): number {
    return performance.now() - this.#savedMs;
  }

  /** @throws the system's error */
  save(): void {
    if (this.#file === undefined || !this.#changed) return;
    const sinceEpochMs = Date.now() - performance.now();
    const readers = [...this.#readers.values()].map(({ name, acked, proven, seenMs }): Saved => {
      return { name, acked, proven, seenMs: Math.round(sinceEpochMs + seenMs) };
    });
    makeFolder(dirname(this.#file), 0o750);
    writeFileAtomically(this.#file, `${JSON.stringify(readers)}\n`);
    this.#changed = false;
    this.#savedMs = performance.now();
  }
}

/** As the file has it, with `seenMs` in milliseconds since the epoch. */
type Saved = Pick<NamedReader, 'name' | 'acked' | 'seenMs'> & { readonly proven?: boolean };

function load(file: string | undefined): Saved[] {
  if (file === undefined) return [];
  try {
    const saved: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(saved) ? saved.filter(isSaved) : [];
  } catch {
    return []; // the first run, or nothing that we wrote
  }
}

function isSaved(value: unknown): value is Saved {
  if (typeof value !== 'object' || value === null) return false;
  const { name, acked, proven, seenMs } = value as Record<string, unknown>;
  const isProof = proven === undefined || typeof proven === 'boolean';
  const isPosition = Number.isSafeInteger(acked) && Number(acked) >= 0;
  return typeof name === 'string' && isReaderName(name) && isPosition && isProof && typeof seenMs === 'number';
}
