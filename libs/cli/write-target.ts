import { resolve } from 'node:path';

/** Formats that records are written in: ours, and that of Argus 3. */
export type WriteFormatName = 'own' | 'argus3';

/** Where records are written, and in which format. */
export interface WriteTarget {
  readonly format: WriteFormatName;
  /** `-` is standard output. */
  readonly path: string;
}

const ARGUS3 = 'argus3:';

/** What `-w` names: a file, or `argus3:` and a file. One whose name begins so is written `./argus3:…`. */
export function parseWriteTarget(text: string): WriteTarget {
  if (text.startsWith(ARGUS3)) return { format: 'argus3', path: text.slice(ARGUS3.length) };
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
