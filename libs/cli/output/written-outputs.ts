import { UsageError } from '../../core/errors.ts';
import type { Filter } from '../../filter/compile.ts';
import type { Context } from '../command.ts';
import { absoluteTarget, parseWriteTarget } from '../write-target.ts';
import type { WrittenOutput } from './written-output.ts';

/**
 * Opens what `-w FILE "FILTER"` names, each time with a file and perhaps a filter.
 * @param goOn whether there are outputs beside these, and whether records come from something that goes on
 * @throws {SuiteError} for a filter that cannot be, a file that is named twice or cannot be opened
 */
export async function openWritten(
  write: readonly (readonly string[])[],
  goOn: { readonly withOthers: boolean; readonly live: boolean },
  { stdout, warn, info, signal }: Context,
): Promise<WrittenOutput[]> {
  if (write.length === 0) return [];
  const targets = write.map(([text = '']) => parseWriteTarget(text));
  const paths = targets.map((target) => absoluteTarget(target).path);
  const twice = paths.findIndex((path, i) => paths.indexOf(path) !== i);
  if (twice !== -1) throw new UsageError(`'${write[twice]?.[0]}' is written to twice`, { hint: 'Name it once; its filter may say: this or that.' }); // prettier-ignore
  const { WrittenOutput } = await import('./written-output.ts');
  const isOneOfSeveral = goOn.withOthers || paths.length > 1;
  const filters = await compiled(write.map(([, filter]) => filter));
  return Promise.all(
    targets.map((target, i) =>
      WrittenOutput.open({
        target,
        filter: filters[i],
        goesOn: isOneOfSeveral || (goOn.live && target.path !== '-'),
        stdout,
        warn,
        info,
        signal,
      }),
    ),
  );
}

/** Checks the filters of `-w FILE "FILTER"` and opens nothing. @throws {SuiteError} for one that cannot be */
export async function checkWritten(write: readonly (readonly string[])[]): Promise<void> {
  await compiled(write.map(([, filter]) => filter));
}

async function compiled(sources: readonly (string | undefined)[]): Promise<(Filter | undefined)[]> {
  if (sources.every((source) => source === undefined)) return [];
  const { compileFilter } = await import('../../filter/compile.ts');
  return sources.map((source) => (source === undefined ? undefined : compileFilter(source)));
}
