import { dirname, resolve } from 'node:path';
import { NameTemplate } from '../../archive/name-template.ts';
import { parseSplitMode, type SplitMode } from '../../archive/split-mode.ts';
import { UsageError } from '../../core/errors.ts';
import { compileFilter } from '../../filter/compile.ts';
import type { Arguments } from '../options.ts';
import type { SPLIT_OPTIONS } from './split-options.ts';
import { parseWriteTarget } from '../write-target.ts';

export interface SplitPlan {
  readonly mode: SplitMode;
  readonly template: NameTemplate;
  readonly suffixLength: number;
  /** The folder below which all files are. */
  readonly folder: string;
}

/** @throws {UsageError} for words that are not understood */
export function planSplit(args: Omit<Arguments<typeof SPLIT_OPTIONS>, 'operands'>): SplitPlan {
  const mode = parseSplitMode(args.mode);
  if (mode.kind === 'flow') compileFilter(mode.filter);
  if (args.write === '-') {
    throw new UsageError('records that are divided cannot go to standard output', { hint: 'Name files after -w.' });
  }
  if (parseWriteTarget(args.write).format !== 'own') {
    throw new UsageError(`${args.write}: records that are divided are kept in our own format only`, {
      hint: 'raconvert makes files of Argus of them; a name that begins so is written ./argus3:…',
    });
  }
  // Programs get whole paths.
  const name = /(^|\/)$/.test(args.write) ? args.write : resolve(args.write);
  return {
    mode,
    template: new NameTemplate(name, mode.kind === 'time'),
    suffixLength: args['suffix-length'],
    folder: dirname(`${name.split(/[%$]/, 1)[0] ?? ''}x`),
  };
}
