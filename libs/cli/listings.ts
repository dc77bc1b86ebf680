import type { Context } from './command.ts';
import type { explainReading } from './input/explain-reading.ts';
import type { FilterArguments } from './selection/record-filter.ts';

const NAME_WIDTH = 12;

/** What `--list-fields` shows. */
export async function listFields({ stdout }: Context): Promise<number> {
  const { FIELD_NAMES, FIELDS } = await import('../record/fields/table.ts');
  for (const name of FIELD_NAMES) await stdout.write(`${name.padEnd(NAME_WIDTH)} ${FIELDS[name].about}\n`);
  return 0;
}

/** What `-b` shows. */
export async function showFilter(args: FilterArguments, { stdout }: Context): Promise<number> {
  const { recordFilter } = await import('./selection/record-filter.ts');
  await stdout.write(`${(await recordFilter(args)).explain()}\n`);
  return 0;
}

/** What `--explain` shows. */
export async function explain(...[args, context, needs]: Parameters<typeof explainReading>): Promise<number> {
  const { explainReading: explained } = await import('./input/explain-reading.ts');
  return explained(args, context, needs);
}

/** Answers an option that asks for a list instead of records. @returns the exit status; undefined where there is none */
export async function commonListing(
  args: FilterArguments & { readonly 'list-fields': boolean; readonly 'show-filter': boolean },
  context: Context,
): Promise<number | undefined> {
  if (args['list-fields']) return listFields(context);
  return args['show-filter'] ? showFilter(args, context) : undefined;
}
