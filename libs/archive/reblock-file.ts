import { lstatSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { readNote } from './archive-note.ts';
import { examine, isUnchanged, left, type ExamineSettings, type Refused } from './finished-file.ts';
import { reblockedPart } from './reblocked-part.ts';
import { takePlace } from './succeed.ts';
import { writeFull, type WriteSettings } from './write-full.ts';

export interface ReblockSettings extends WriteSettings, ExamineSettings {
  /** Only tells what would be done. */
  readonly isDry: boolean;
}

/** A file's length, and of how many frames it is made. */
export interface Extent {
  readonly bytes: number;
  readonly frames: number;
}

export type Reblocked =
  /** `after` is absent where it only would be done. */
  | { readonly kind: 'done'; readonly before: Extent; readonly after: Extent | undefined }
  /** It was done before. */
  | { readonly kind: 'known' }
  | Refused;

/** What is said where the new file would not do. */
export const NOT_THE_SAME = 'full frames of it would not cover the same record numbers'; // some come twice

/**
 * Gives a finished file full frames, in which the records of each origin are in the order of their starts. A new file is made beside it, looked
 * through, and takes its name in one step, so that at any time, after a crash too, one or the other is there, whole. Which numbers of
 * records are covered, and which are lost, does not change.
 * @throws errors of the system; the file is as it was then
 */
export async function reblockFile(path: string, settings: ReblockSettings): Promise<Reblocked> {
  if ((await readNote(path))?.level !== undefined) return { kind: 'known' };
  const file = await examine(path, settings);
  if (file.kind !== 'finished') return file;
  const before = { bytes: file.stats.size, frames: file.survey.frames };
  if (settings.isDry) return { kind: 'done', before, after: undefined };
  const part = reblockedPart(path);
  try {
    const { survey, isSame } = await writeFull(part, [file], file.note, settings);
    if (settings.signal.aborted) return { kind: 'stopped' };
    if (!isSame) return left(NOT_THE_SAME);
    // Nothing may come between the look and the step.
    if (!isUnchanged(file)) return left('it was changed meanwhile');
    const { size } = lstatSync(part);
    await takePlace(part, path, [file]);
    return { kind: 'done', before, after: { bytes: size, frames: survey.frames } };
  } finally {
    await rm(part, { force: true });
  }
}
