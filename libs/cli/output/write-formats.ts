import { encodeBatch } from '../../codec/encode.ts';
import { nowUs } from '../../core/clock.ts';
import type { Batch } from '../../record/batch.ts';
import { argus3TailOf } from './argus3-file-tail.ts';
import { tailOf, type Tail } from './record-file-tail.ts';
import { DEFAULT_SOURCE_ID } from '../source-id.ts';
import type { WriteFormatName } from '../write-target.ts';

/** Makes the bytes of one file or stream. */
export interface BatchWriter {
  /** @returns what stands for the batch, in memory of its own */
  encode(batch: Batch): Uint8Array;
  /** What follows goes to another file. */
  restart(): void;
  /** What a file needs that nothing was written to; no bytes where that is well. */
  end(): Uint8Array;
  /** What had no place in the format, by name, with how often it came. */
  readonly leftOut: ReadonlyMap<string, number>;
}

/** A format in which records are written. */
export interface WriteFormat {
  /** For messages. */
  readonly holds: string;
  /** Stands before the name of a file on command lines. */
  readonly prefix: string;
  /** Whether it is our own, in which what a batch becomes depends on nothing else. */
  readonly frames: boolean;
  /** How a file ends. */
  tailOf(fd: number): Tail;
  writer(): Promise<BatchWriter>;
}

const NOTHING = new Uint8Array(0);

const OWN: WriteFormat = {
  holds: 'flow records in our own format',
  prefix: '',
  frames: true,
  tailOf,
  writer: () =>
    Promise.resolve({
      encode: (batch) => encodeBatch(batch, { zones: true }),
      restart: () => undefined,
      end: () => NOTHING,
      leftOut: new Map<string, number>(),
    }),
};

const ARGUS3: WriteFormat = {
  holds: 'records of Argus 3',
  prefix: 'argus3:',
  frames: false,
  tailOf: argus3TailOf,
  async writer() {
    const { Argus3Encoder, startsFile } = await import('../../interop/argus3/encoder.ts');
    const encoder = new Argus3Encoder();
    let hasBegun = false;
    return {
      encode(batch) {
        const records = encoder.encode(batch);
        if (hasBegun || records.length === 0) return records;
        hasBegun = true;
        return startsFile(batch) ? records : Buffer.concat([encoder.start(batch.origin, nowUs()), records]);
      },
      restart: () => (hasBegun = false),
      end: () => (hasBegun ? NOTHING : encoder.start({ source: DEFAULT_SOURCE_ID, run: nowUs() }, nowUs())),
      leftOut: encoder.leftOut,
    };
  },
};

export const WRITE_FORMATS: Readonly<Record<WriteFormatName, WriteFormat>> = { own: OWN, argus3: ARGUS3 };
