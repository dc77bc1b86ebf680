import type { Context } from '../../libs/cli/command.ts';
import { configurationListing } from '../../libs/cli/configuration/configuration-listing.ts';
import { checkWritten } from '../../libs/cli/output/written-outputs.ts';
import { nowUs } from '../../libs/core/clock.ts';
import { ARGUS_CONFIGURATION } from './configuration.ts';
import type { ArgusArguments } from './options.ts';
import { probeOptions } from './settings.ts';
import { filterListing } from './show-filter.ts';

/**
 * Checks what can be known without opening anything: files have been read by now, so what is left are the filters, the
 * interfaces and the users. Prints what each variable means.
 * @returns the exit status
 * @throws {SuiteError} for the first that is wrong
 */
export async function checkConfiguration(args: ArgusArguments, context: Context): Promise<number> {
  probeOptions(args, nowUs(), 0, 1);
  const filter = args.operands.join(' ');
  if (filter !== '') filterListing(filter, !args['no-optimizer']);
  const { parseInterfaces } = await import('./interfaces.ts');
  parseInterfaces(args.interface, () => ['all']);
  await checkWritten(args.write);
  const { identityOf } = await import('../../libs/daemon/privileges.ts');
  identityOf(args);
  await context.stdout.write(await configurationListing(args.config, ARGUS_CONFIGURATION));
  return 0;
}
