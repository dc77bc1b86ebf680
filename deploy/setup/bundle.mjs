import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SetupError } from './setup-error.mjs';

/** As deep as the modules of a library, so that paths from a module to files of the package hold in both. */
export const BUNDLE = 'dist/bundle/commands';

/** Packages with code for this machine. All others go into the bundle. */
const LEFT_OUT = ['koffi', 'cap', 'zstd-napi'];

const NO_PAGES = join(import.meta.dirname, 'no-pages.mjs');

/** What other packages are in the bundle: without what takes long to load, and is of no use here. */
const INSTEAD = {
  cliui: NO_PAGES,
  'string-width': NO_PAGES,
  'escalade/sync': join(import.meta.dirname, 'own-manifest.mjs'),
  assert: join(import.meta.dirname, 'equal.mjs'),
  msgpackr: 'msgpackr/pack', // which looks for no native code
};

/** What starts a thread or a process from a module beside it. */
const STARTED = /new URL\('\.\/([\w-]+\.js)', import\.meta\.url\)/g;

/** The script is a function, of which `start.cjs` gives the arguments. */
const BEGIN = "(function (module, require, MODULE_URL, MODULE_FOLDER) { 'use strict';";
const END = '})';

/**
 * Puts the modules of all commands together in one script, which loads in a fraction of the time. What is imported later runs
 * later there, too.
 * @param {string} root
 * @param {string[]} commands names of folders in dist/apps
 * @param {string[]} modules paths of all compiled modules of apps and libs
 * @throws {SetupError} with what the bundler said
 */
export function bundle(root, commands, modules) {
  const entries = new Map(commands.map((name) => [name, `dist/apps/${name}/main.js`]));
  const started = startedModules(root, modules);
  rmSync(join(root, BUNDLE), { recursive: true, force: true });
  const args = [
    join(root, 'node_modules/esbuild/bin/esbuild'),
    ...LEFT_OUT.map((name) => `--external:${name}`),
    ...Object.entries(INSTEAD).map(([name, other]) => `--alias:${name}=${other}`),
    '--bundle',
    '--minify-whitespace',
    '--minify-syntax', // constants of numbers go to where they are used
    '--line-limit=160', // of a stack the lines mean something still
    '--format=cjs',
    '--platform=node',
    '--target=node20',
    '--supported:dynamic-import=false',
    '--define:import.meta.url=MODULE_URL',
    '--define:import.meta.dirname=MODULE_FOLDER',
    '--log-level=warning',
    `--banner:js=${BEGIN}`,
    `--footer:js=${END}`,
    `--outfile=${BUNDLE}/suite.js`,
  ];
  const input = entryModule(new Map([...entries, ...started]));
  const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', input });
  if (result.status !== 0) throw new SetupError(`the bundler failed:\n${result.stdout}${result.stderr}`.trim());
  writeFileSync(join(root, BUNDLE, 'package.json'), '{ "type": "commonjs" }\n');
  copyFileSync(join(import.meta.dirname, 'start.cjs'), join(root, BUNDLE, 'start.js'));
  for (const name of started.keys()) {
    writeFileSync(join(root, BUNDLE, `${name}.js`), `require('./start.js').start('${name}');\n`);
  }
}

function startedModules(root, modules) {
  const started = new Map();
  for (const module of modules) {
    for (const [, file] of readFileSync(join(root, module), 'utf8').matchAll(STARTED)) {
      started.set(basename(file, '.js'), join(dirname(module), file));
    }
  }
  return started;
}

/** One function for each command and each thread, which runs its module. */
function entryModule(paths) {
  const entries = [...paths].map(([name, path]) => `  '${name}': () => import('./${path}'),\n`);
  return `export const entries = {\n${entries.join('')}};\n`;
}
