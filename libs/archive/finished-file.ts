import { lstatSync, type Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { readNote, type ArchiveNote } from './archive-note.ts';
import type { Contents } from './join-notes.ts';
import { noteOf, surveyFile, type FileSurvey } from './survey-file.ts';

export interface ExamineSettings {
  /** Also files without a note: nobody may be writing them. */
  readonly takesAll: boolean;
  readonly signal: AbortSignal;
}

/** A file that is finished and whole, as it was when it was read. */
export interface FinishedFile {
  readonly kind: 'finished';
  readonly path: string;
  readonly stats: Stats;
  readonly note: Contents & Pick<ArchiveNote, 'level'>;
  readonly survey: FileSurvey;
}

/** Why a file stays as it is. */
export type Refused =
  /** It may be written to still. */
  | { readonly kind: 'unfinished' }
  /** It is not to be touched, for this reason. */
  | { readonly kind: 'left'; readonly reason: string }
  | { readonly kind: 'stopped' };

/** More are not sorted apart. */
const STRETCHES_MAX = 10_000;

/** Reads a file to see whether it may be written anew. @throws errors of the system */
export async function examine(path: string, settings: ExamineSettings): Promise<FinishedFile | Refused> {
  const stats = await lstat(path);
  const note = await readNote(path);
  if (note === undefined && !settings.takesAll) return { kind: 'unfinished' };
  if (stats.nlink > 1) return left('it has a second name');
  const survey = await surveyFile(path, settings.signal);
  if (settings.signal.aborted) return { kind: 'stopped' };
  const reason = survey.problem ?? contradiction(survey, note);
  if (reason !== undefined) return left(reason);
  return { kind: 'finished', path, stats, note: note ?? noteOf(survey), survey };
}

/** Whether nobody has changed it since, nor anything but its time of change. @throws errors of the system */
export function isUnchanged({ path, stats }: FinishedFile): boolean {
  const now = lstatSync(path);
  return now.dev === stats.dev && now.ino === stats.ino && now.size === stats.size && now.mtimeMs === stats.mtimeMs;
}

export function left(reason: string): Refused {
  return { kind: 'left', reason };
}

function contradiction({ coverage }: FileSurvey, note: ArchiveNote | undefined): string | undefined {
  if (note !== undefined && note.records !== coverage.records)
    return `its note tells of ${note.records} records, and there are ${coverage.records}`;
  const { count } = coverage.stretches;
  return count > STRETCHES_MAX ? `its record numbers are in ${count} pieces` : undefined;
}
