import type { ArchiveFile } from './archive-tree.ts';

export interface RetentionSettings {
  readonly nowMs: number;
  /** Files that were last written to before that go; undefined for none. */
  readonly ageMsMax: number | undefined;
  /** The oldest go until the others have no more; undefined for none. */
  readonly bytesMax: number | undefined;
  /** Files that were written to within this time stay. */
  readonly settleMs: number;
}

export interface Expired {
  readonly file: ArchiveFile;
  readonly reason: 'age' | 'bytes';
}

/** Which files are to be removed, oldest first; of equally old ones in the order of their paths. */
export function expiredFiles(files: readonly ArchiveFile[], settings: RetentionSettings): Expired[] {
  const { nowMs, ageMsMax = Infinity, bytesMax = Infinity, settleMs } = settings;
  const oldestFirst = files.toSorted((a, b) => a.modifiedMs - b.modifiedMs || (a.path < b.path ? -1 : 1));
  let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const expired: Expired[] = [];
  for (const file of oldestFirst) {
    const ageMs = nowMs - file.modifiedMs;
    if (ageMs < settleMs) break;
    const reason = ageMs > ageMsMax ? 'age' : bytes > bytesMax ? 'bytes' : undefined;
    if (reason === undefined) break;
    bytes -= file.bytes;
    expired.push({ file, reason });
  }
  return expired;
}
