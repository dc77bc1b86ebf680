import type { ByteRange } from '../../archive/byte-range.ts';
import { FrameFile } from '../../archive/frame-file.ts';
import type { MayHold } from '../../codec/zones.ts';
import { namedFile } from './byte-range.ts';

/** Some frames of a file, one behind the other. */
export interface Piece {
  readonly path: string;
  readonly range: ByteRange;
  /** Place among all pieces, file by file. */
  readonly index: number;
  /** No record in it begins before, microseconds since the epoch. */
  readonly leastUs: number;
}

export interface MergePlan {
  /** Files, as `-r` names them, and `-` for standard input, of which the times are known only when all has been read. */
  readonly first: readonly string[];
  /** In the order of their least starts. */
  readonly pieces: readonly Piece[];
}

/** Looks at the heads of all frames of files, as `-r` names them; of those that cannot be opened, reading says why. */
export function planMerge(words: readonly string[], mayHold: MayHold | undefined): MergePlan {
  const first: string[] = [];
  const pieces: Piece[] = [];
  for (const word of words) {
    const found = word === '-' ? undefined : piecesOf(word, mayHold);
    if (found === undefined) first.push(word);
    else for (const piece of found) pieces.push({ ...piece, index: pieces.length });
  }
  return { first, pieces: pieces.sort((a, b) => a.leastUs - b.leastUs || a.index - b.index) };
}

/** @returns undefined for what is no file of ours, or cannot be read */
function piecesOf(word: string, mayHold: MayHold | undefined): Omit<Piece, 'index'>[] | undefined {
  const { path, range } = namedFile(word);
  try {
    const file = FrameFile.open(path, { mayHold });
    const within = range === undefined ? file : file?.within(range, path);
    return within?.pieces().map((piece) => ({ path, ...piece }));
  } catch {
    return undefined;
  }
}
