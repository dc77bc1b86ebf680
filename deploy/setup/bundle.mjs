import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SetupError } from './setup-error.mjs';

/** As deep as the modules of a library, so that paths from a module to files of the package hold in both. */
export const BUNDLE = 'dist/bundle/commands';

/** Packages with code for this machine, or that look for some beside them. All others go into the bundle. */
const LEFT_OUT = ['koffi', 'cap', 'zstd-napi', 'msgpackr'];

/** What starts a thread or a process from a module beside it. */
const STARTED = /new URL\('\.\/([\w-]+\.js)', import\.meta\.url\)/g;

/** Of the bundled packages one is CommonJS in parts, and asks for modules of Node. */
const REQUIRE = "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";

/**
 * Puts the modules that each command is made of together in a few files, which load in a third of the time; what commands
 * have in common, and what they load later, are files of their own.
 * @param {string} root
 * @param {string[]} commands names of folders in dist/apps
 * @param {string[]} modules paths of all compiled modules of apps and libs
 * @throws {SetupError} with what the bundler said
 */
export function bundle(root, commands, modules) {
  const entries = new Map(commands.map((name) => [name, `dist/apps/${name}/main.js`]));
  for (const module of modules) {
    for (const [, file] of readFileSync(join(root, module), 'utf8').matchAll(STARTED)) {
      entries.set(basename(file, '.js'), join(dirname(module), file));
    }
  }
  rmSync(join(root, BUNDLE), { recursive: true, force: true });
  const args = [
    join(root, 'node_modules/esbuild/bin/esbuild'),
    ...[...entries].map(([name, path]) => `${name}=${path}`),
    ...LEFT_OUT.map((name) => `--external:${name}`),
    '--bundle',
    '--splitting',
    '--format=esm',
    '--platform=node',
    '--target=node20',
    '--log-level=warning',
    `--banner:js=${REQUIRE}`,
    `--outdir=${BUNDLE}`,
  ];
  const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (result.status !== 0) throw new SetupError(`the bundler failed:\n${result.stdout}${result.stderr}`.trim());
}
