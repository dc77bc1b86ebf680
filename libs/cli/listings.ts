import { FIELD_NAMES, FIELDS } from '../record/fields/table.ts';
import type { Context } from './command.ts';
import { recordFilter, type FilterArguments } from './record-filter.ts';

const NAME_WIDTH = 12;

/** What `--list-fields` shows. */
export async function listFields({ stdout }: Context): Promise<number> {
  for (const name of FIELD_NAMES) await stdout.write(`${name.padEnd(NAME_WIDTH)} ${FIELDS[name].about}\n`);
  return 0;
}

/** What `-b` shows. */
export async function showFilter(args: FilterArguments, { stdout }: Context): Promise<number> {
  await stdout.write(`${(await recordFilter(args)).explain()}\n`);
  return 0;
}
