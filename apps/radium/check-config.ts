import type { Context } from '../../libs/cli/command.ts';
import { configurationListing } from '../../libs/cli/configuration/configuration-listing.ts';
import { checkWritten } from '../../libs/cli/output/written-outputs.ts';
import { parseMetricsAddress } from '../../libs/daemon/metrics-address.ts';
import { identityOf } from '../../libs/daemon/privileges.ts';
import { RADIUM_CONFIGURATION } from './configuration.ts';
import type { RadiumArguments } from './options.ts';

/**
 * Checks what can be known without opening anything, beside what stands in the files, which have been read by now. Prints what each
 * variable means.
 * @returns the exit status
 * @throws {SuiteError} for the first that is wrong
 */
export async function checkConfiguration(args: RadiumArguments, context: Context): Promise<number> {
  await checkWritten(args.write);
  identityOf(args);
  if (args.metrics !== undefined) parseMetricsAddress(args.metrics);
  await context.stdout.write(await configurationListing(args.config, RADIUM_CONFIGURATION));
  return 0;
}
