import { resolve } from 'node:path';
import { UsageError } from '../core/errors.ts';

/** Formats that records are written in: ours, and that of Argus 3. */
export type WriteFormatName = 'own' | 'argus3';

/** Where records are written, and in which format. */
export interface WriteTarget {
  readonly format: WriteFormatName;
  /** `-` is standard output. */
  readonly path: string;
}

const ARGUS3 = 'argus3:';
const SENT_BY_SERVERS =
  'Name a file after -w; from argus and radium that listen with -P, readers fetch records themselves.';

/**
 * What `-w` names: a file, or `argus3:` and a file. One whose name begins so is written `./argus3:…`.
 * @throws {UsageError} for a place that is no file
 */
export function parseWriteTarget(text: string): WriteTarget {
  if (text === ARGUS3) throw new UsageError(`'${text}' names no file`, { hint: `Write ${ARGUS3}FILE.` });
  if (text.startsWith(ARGUS3)) return { format: 'argus3', path: text.slice(ARGUS3.length) };
  if (/^[\w+-]+:\/\//.test(text)) throw new UsageError(`records are not sent to '${text}'`, { hint: SENT_BY_SERVERS });
  return { format: 'own', path: text };
}

/** Whether it is standard output that records are written to. */
export function isStandardOutput(text: string): boolean {
  return parseWriteTarget(text).path === '-';
}

/** The same from the root of the file system, wherever the program goes meanwhile. */
export function absoluteTarget({ format, path }: WriteTarget): WriteTarget {
  return { format, path: path === '-' ? path : resolve(path) };
}
