import { basename, dirname, join } from 'node:path';
import { TimeBins, type Span } from '../time/span.ts';
import type { ArchiveFile } from './archive-tree.ts';
import type { ArchiveNote } from './archive-note.ts';

/** A finished file, and what it says of itself. */
export interface NotedFile {
  readonly file: ArchiveFile;
  readonly note: Omit<ArchiveNote, 'bytes'>;
}

/** Files that belong together: of one folder, owner and series, and of one interval of time. */
export interface FileGroup {
  /** In the order of their times. */
  readonly files: readonly NotedFile[];
  /** When their time is over, microseconds since the epoch; -Infinity where nobody knows. */
  readonly endUs: number;
}

const LATE = /\.late(?:\.\d+)?$/;
/** The end of a name that says what is in it, such as `.arg`. */
const KIND = /\.[A-Za-z][A-Za-z0-9]*$/;

/** Since when there are records in it, microseconds since the epoch; undefined where nobody knows. */
interface TimedFile extends NotedFile {
  readonly timeUs: number | undefined;
}

/** Which files are to become one; those that stay by themselves are groups of one. In the order of paths. */
export function groupsOf(files: readonly NotedFile[], span: Span): FileGroup[] {
  const bins = new TimeBins(span);
  const groups = new Map<string, { files: TimedFile[]; endUs: number }>();
  for (const each of withTimes(files)) {
    let endUs = -Infinity;
    let period = each.file.path;
    if (each.timeUs !== undefined) {
      bins.seek(each.timeUs);
      ({ endUs } = bins);
      period = String(endUs);
    }
    const { path, owner } = each.file;
    const key = [dirname(path), owner, seriesOf(each), period].join('\0');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { files: [each], endUs });
    else group.files.push(each);
  }
  return [...groups.values()].map(({ files: some, endUs }) => ({ files: some.toSorted(byTime), endUs }));
}

/** The name of the file that takes their place, and the one from which that is made. @param isTaken whether there is a file of that name */
export function joinedName(
  { files }: FileGroup,
  span: Span,
  isTaken: (path: string) => boolean,
): { readonly path: string; readonly firstName: string } {
  const first = files.find(({ note }) => !note.late) ?? files[0]!;
  const firstName = ownName(first);
  const kind = KIND.exec(firstName)?.[0] ?? '';
  const stem = firstName.slice(0, firstName.length - kind.length);
  for (let number = 1; ; number++) {
    const name = `${stem}.${span.count}${span.unit}${number === 1 ? '' : `.${number}`}${kind}`;
    const path = join(dirname(first.file.path), name);
    if (!isTaken(path)) return { path, firstName };
  }
}

/** Files that have no records of flows are from the time of the one before them in the order of names. */
function withTimes(files: readonly NotedFile[]): TimedFile[] {
  const last = new Map<string, number>();
  return files.map((each) => {
    const key = `${dirname(each.file.path)}\0${seriesOf(each)}`;
    const timeUs = each.note.from ?? last.get(key);
    if (timeUs !== undefined) last.set(key, timeUs);
    return { ...each, timeUs };
  });
}

/** What the names of files have in common that differ in nothing but their time, as far as anybody can tell. */
function seriesOf({ file, note }: NotedFile): string {
  if (typeof note.series === 'string') return `template ${note.series}`;
  const name = ownName({ file, note }).replace(note.late ? LATE : '', '');
  // A probe may be known by digits.
  const probe = note.origins.map(({ source }) => source).find((source) => source !== '' && name.includes(source)) ?? '';
  const parts = probe === '' ? [name] : name.split(probe);
  return `name ${parts.map((part) => part.replaceAll(/\d/g, '#')).join(probe)}`;
}

/** Its name, or what was the name of the first of those that it was made of. */
function ownName({ file, note: { joined } }: NotedFile): string {
  const isName = typeof joined === 'string' && /^[^./\0][^/\0]*$/.test(joined);
  return isName ? joined : basename(file.path);
}

function byTime(a: TimedFile, b: TimedFile): number {
  return (a.timeUs ?? 0) - (b.timeUs ?? 0) || (a.file.path < b.file.path ? -1 : 1);
}
