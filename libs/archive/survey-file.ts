import { BatchReader } from '../codec/read.ts';
import { FLOW_BATCH } from '../record/batch.ts';
import { STORED_FIELDS } from '../record/fields/stored.ts';
import { startTimes } from '../record/gather.ts';
import type { ArchiveNote } from './archive-note.ts';
import { Coverage } from './coverage.ts';
import { FrameFile } from './frame-file.ts';

/** What a file of frames holds, read once from its beginning to its end. */
export interface FileSurvey {
  readonly frames: number;
  readonly coverage: Coverage;
  /** Earliest and latest start of a flow record, microseconds since the epoch; null without any. */
  readonly fromUs: number | null;
  readonly toUs: number | null;
  /** What is wrong with it; undefined when every byte of it is a frame that can be read. */
  readonly problem: string | undefined;
}

const FIELDS: ReadonlySet<number> = new Set([STORED_FIELDS.stime.number]);

/** @throws as `fs` does, and UnsupportedVersionError for frames of a later version */
export async function surveyFile(path: string, signal?: AbortSignal): Promise<FileSurvey> {
  const coverage = new Coverage();
  let frames = 0;
  let fromUs = Infinity;
  let toUs = -Infinity;
  const file = FrameFile.open(path);
  if (file === undefined) return { frames, coverage, fromUs: null, toUs: null, problem: 'it holds no records of ours' };
  const reader = new BatchReader(file.chunks(signal), { where: path, fields: FIELDS });
  for await (const batch of reader) {
    frames += 1;
    coverage.add(batch);
    if (batch.kind !== FLOW_BATCH) continue;
    for (const timeUs of startTimes(batch)) {
      if (timeUs < fromUs) fromUs = timeUs;
      if (timeUs > toUs) toUs = timeUs;
    }
  }
  const hasTimes = toUs >= fromUs;
  return {
    frames,
    coverage,
    fromUs: hasTimes ? fromUs : null,
    toUs: hasTimes ? toUs : null,
    problem: problemOf(reader),
  };
}

function problemOf({ damage, problems }: BatchReader): string | undefined {
  if (damage !== undefined) return `it is damaged at byte ${damage.offset} (${damage.reason})`;
  const [first] = problems.keys();
  return first === undefined ? undefined : `it has frames that cannot be read (${first})`;
}

/** What a file without a note may say of itself: frames tell ranges only as far as they cover nothing else. */
export function noteOf({ coverage, fromUs, toUs }: FileSurvey): Omit<ArchiveNote, 'bytes'> {
  return {
    records: coverage.records,
    from: fromUs,
    to: toUs,
    late: false,
    origins: coverage.origins.map(({ origin, ranges, lost, flows, management }) => ({
      ...origin,
      records: flows + management,
      ranges,
      lost,
    })),
  };
}
