import { compile, isCompiled } from './compile.mjs';
import { installDebianPackages, missingDebianPackages } from './debian-packages.mjs';
import { installNpmPackages, npmPackagesAreCurrent } from './npm-packages.mjs';
import { SetupError } from './setup-error.mjs';

/**
 * Does what is still to be done, and says it on standard error.
 * @param {string} root the clone
 * @returns {number} exit status
 */
export function prepare(root) {
  try {
    const missing = missingDebianPackages();
    if (!npmPackagesAreCurrent(root, missing)) {
      const stillMissing = installDebianPackages(missing, say);
      installNpmPackages(root, stillMissing, say);
    }
    if (!isCompiled(root)) compile(root, say);
    return 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    return 1;
  }
}

function say(text) {
  console.error(`panoptes: ${text}`);
}
