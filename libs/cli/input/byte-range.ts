import { existsSync } from 'node:fs';
import type { ByteRange } from '../../archive/byte-range.ts';
import { UsageError } from '../../core/errors.ts';

/** A file as `-r` names it. */
export interface NamedFile {
  readonly path: string;
  /** Of which records are wanted, by where they begin; undefined for all of the file. */
  readonly range: ByteRange | undefined;
}

/**
 * Reads `FILE`, or `FILE::START:STOP`, which takes the records that begin from byte START on and before byte STOP. A file of that
 * very name comes first.
 * @throws {UsageError} for bytes that are no numbers, a range that ends before it begins, or one of standard input
 */
export function namedFile(word: string): NamedFile {
  const at = word.lastIndexOf('::');
  const path = word.slice(0, at);
  if (at <= 0 || existsSync(word)) return { path: word, range: undefined };
  if (path === '-') {
    const hint = 'Name the file: FILE::START:STOP.';
    throw new UsageError(`standard input has no ranges of bytes: '${word}' after -r`, { hint });
  }
  if (!existsSync(path)) return { path: word, range: undefined };
  const [, from, to] = /^(\d{1,15})(?::(\d{1,15})?)?$/.exec(word.slice(at + 2)) ?? [];
  if (from === undefined) {
    const hint = `Write FILE::START:STOP, or FILE::START for all from there on, in bytes.`;
    throw new UsageError(`'${word.slice(at + 2)}' behind ${path}:: is no range of bytes`, { hint });
  }
  const range = { start: Number(from), stop: to === undefined ? Infinity : Number(to) };
  if (range.stop <= range.start) throw new UsageError(`no byte is from ${from} on and before ${to}: ${word}`);
  return { path, range };
}
