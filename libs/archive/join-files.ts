import { lstatSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { isUnchanged, left, type FinishedFile, type Refused } from './finished-file.ts';
import { joinNotes } from './join-notes.ts';
import { NOT_THE_SAME, type Extent } from './reblock-file.ts';
import { reblockedPart } from './reblocked-part.ts';
import { takePlace } from './succeed.ts';
import { statsOf } from './succession.ts';
import { writeFull, type WriteSettings } from './write-full.ts';

/** Files of one folder that become one. */
export interface JoinPlan {
  /** Two or more, in the order of their times. */
  readonly files: readonly FinishedFile[];
  /** Of the file that takes their place; none of them has it, nor any other. */
  readonly path: string;
  /** The name from which that was made. */
  readonly firstName: string;
}

export type Joined = { readonly kind: 'done'; readonly after: Extent } | Refused;

/**
 * Makes one file of several, with full frames in which the records of each origin are in the order of their starts, and lets it take their place.
 * Which numbers of records are covered, and which are lost, does not change.
 * @throws errors of the system; it is done then, or the files are as they were
 */
export async function joinFiles({ files, path, firstName }: JoinPlan, settings: WriteSettings): Promise<Joined> {
  const part = reblockedPart(path);
  try {
    const contents = { ...joinNotes(files.map(({ note }) => note)), joined: firstName };
    const { survey, isSame } = await writeFull(part, files, contents, settings);
    if (settings.signal.aborted) return { kind: 'stopped' };
    if (!isSame) return left(NOT_THE_SAME);
    const { size } = lstatSync(part);
    const changed = files.find((file) => !isUnchanged(file));
    if (changed !== undefined) return left(`${changed.path} was changed meanwhile`);
    if (statsOf(path) !== undefined) return left(`${path} is there already`);
    await takePlace(part, path, files);
    return { kind: 'done', after: { bytes: size, frames: survey.frames } };
  } finally {
    await rm(part, { force: true });
  }
}
