import { statSync } from 'node:fs';
import { checkStandardInput } from '../../libs/cli/input/record-paths.ts';
import { InputError, UsageError } from '../../libs/core/errors.ts';
import type { Context } from '../../libs/cli/command.ts';

/**
 * Finds out before anything is read or written that a capture is not there.
 * @throws {InputError} for a file that does not exist, and for a folder as standard input, which Node takes for an empty stream
 */
export function checkCaptures(files: readonly string[], context: Context): void {
  for (const [i, file] of files.entries()) {
    if (file === '-') checkStandardInput(context.stdin, 'Name the captures in it with -r.');
    else if (!exists(file)) {
      const hint = i === 0 ? '' : 'All words behind -r are files; a capture filter stands behind a lone - at the end.';
      throw new InputError(`${file}: no such file`, { hint });
    }
  }
}

/** @throws {UsageError} for a capture filter that begins with the path of a file */
export function checkFilterWords([first = '']: readonly string[]): void {
  if (!/[./]/.test(first) || !exists(first)) return;
  throw new UsageError(`'${first}' is a file, and no capture filter`, { hint: 'Captures are read with -r FILE.' });
}

/** Where it may not be looked at, opening it will tell. */
function exists(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EACCES';
  }
}
