import type { Peek } from '../codec/decode.ts';
import { BatchReader } from '../codec/read.ts';
import type { Batch } from '../record/batch.ts';
import { ARGUS3_START_BYTES, looksLikeArgus3 } from '../interop/argus3/recognise.ts';
import type { RecordNumbers } from '../interop/argus3/record-numbers.ts';
import { foreignFormat } from './foreign.ts';

/** What a format is told about the input that it reads. */
export interface ReadSettings {
  /** As the user named it; `-` is standard input. */
  readonly path: string;
  /** For messages. */
  readonly name: string;
  readonly start: Uint8Array;
  /** Numbers of the stored fields that are wanted; undefined for all. */
  readonly fields: ReadonlySet<number> | undefined;
  readonly peek: Peek | undefined;
  /** Bytes of the input that were passed over so far. */
  readonly skippedBytes?: () => number;
  readonly management: boolean;
  /** Whether all of it is there, so that nothing has to be waited for. */
  readonly isFile?: boolean;
  /** Shared by all inputs of a command. */
  readonly numbers: RecordNumbers;
}

/** Batches, and what was wrong once they are all read. */
export interface RecordReader {
  readonly batches: AsyncIterable<Batch>;
  /** What the user must know, each with a hint or an empty text; nothing when all was read. */
  problems(): readonly (readonly [problem: string, hint: string])[];
  /** What had no meaning here, by name, with how often it came. */
  leftOut(): ReadonlyMap<string, number>;
}

/** A format in which records come. */
export interface RecordFormat {
  /** @param start first bytes of the input, at least `START_BYTES` unless there are fewer */
  matches(start: Uint8Array): boolean;
  /** @param chunks each is valid until the next one is asked for */
  read(chunks: AsyncIterable<Uint8Array>, settings: ReadSettings): Promise<RecordReader>;
}

/** Bytes of the beginning that tell the format. */
export const START_BYTES = ARGUS3_START_BYTES;

const ARGUS3: RecordFormat = {
  matches: looksLikeArgus3,
  read: async (chunks, { fields, numbers, management, peek, isFile = false }) => {
    const { Argus3Reader } = await import('../interop/argus3/reader.ts');
    const reader = new Argus3Reader(chunks, {
      numbers,
      management,
      waits: isFile,
      ...(fields === undefined ? {} : { fields }),
      ...(peek?.select === undefined ? {} : { peek: { fields: peek.fields, select: peek.select } }),
    });
    return {
      batches: reader,
      problems: () =>
        reader.pending === 0 ? [] : [['the last record is cut; the records before it were read', ''] as const],
      leftOut: () => reader.leftOut,
    };
  },
};

const OWN: RecordFormat = {
  matches: () => true,
  read: (chunks, { path, name, start, fields, peek, skippedBytes }) => {
    const reader = new BatchReader(chunks, {
      where: name,
      ...(fields === undefined ? {} : { fields }),
      ...(peek === undefined ? {} : { peek }),
    });
    return Promise.resolve({
      batches: reader,
      problems: () => [...problemsIn(reader, path, start, skippedBytes?.() ?? 0)],
      leftOut: () => new Map<string, number>(),
    });
  },
};

function* problemsIn(
  reader: BatchReader,
  path: string,
  start: Uint8Array,
  skippedBytes: number,
): Generator<readonly [string, string]> {
  for (const [problem, count] of reader.problems) {
    yield [`${count === 1 ? 'a frame' : `${count} frames`} left out: ${problem}`, ''];
  }
  const { damage } = reader;
  if (damage === undefined || damage.kind === 'version') return;
  if (damage.kind === 'foreign') {
    const { reason = 'these are not flow records', hint = '' } = foreignFormat(start, path) ?? {};
    yield [reason, hint];
  } else {
    yield [`${damage.reason} at byte ${damage.offset + skippedBytes}; the records before it were read`, ''];
  }
}

/** In the order in which they are tried; the last one takes what is left. */
const FORMATS: readonly RecordFormat[] = [ARGUS3, OWN];

export function formatOf(start: Uint8Array): RecordFormat {
  return FORMATS.find((format) => format.matches(start)) ?? OWN;
}
