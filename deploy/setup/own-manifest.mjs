import { join } from 'node:path';

/**
 * In place of the package escalade, with which yargs looks for a package.json: it would list the folder in which a command runs, and
 * all above, however much is in them.
 * @returns {string} the path of ours, seen from the bundle
 */
export default function ownManifest() {
  return join(import.meta.dirname, '../../../package.json');
}
