import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, BUNDLE } from './bundle.mjs';
import { keepCompiledCode } from './compiled-code.mjs';
import { SetupError } from './setup-error.mjs';

const SOURCE_FOLDERS = ['apps', 'libs', 'test'];
const STAMP = 'dist/.compiled';

/**
 * Whether dist/ was made, without errors, from the sources as they are now.
 * @param {string} root
 */
export function isCompiled(root) {
  const stamp = join(root, STAMP);
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== signature(root)) return false;
  return (
    existsSync(join(root, BUNDLE, 'suite.js')) &&
    commands(root).every((name) => existsSync(join(root, 'dist/bin', name))) &&
    described(root).every((name) => existsSync(join(root, 'dist/share/man/man1', `${name}.1`)))
  );
}

/**
 * Compiles to dist/, bundles the commands, removes what has no source any more, and writes dist/bin/<command> for every
 * folder in apps/, with man pages and completions in dist/share and what V8 compiles at a first run beside the bundle.
 * @param {string} root
 * @param {(text: string) => void} say
 * @throws {SetupError} when the compiler finds errors, after passing on what it said
 */
export function compile(root, say) {
  say('compiling …');
  const before = signature(root);
  rmSync(join(root, STAMP), { force: true });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const args = [compiler, '-p', 'tsconfig.json', '--pretty', 'false'];
  const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (result.status !== 0) throw new SetupError(`the compiler found errors:\n${result.stdout}${result.stderr}`.trim());
  for (const folder of SOURCE_FOLDERS) removeOrphans(root, folder);
  const modules = ['apps', 'libs'].flatMap((folder) => sources(root, folder));
  bundle(
    root,
    commands(root),
    modules.map((path) => `dist/${path.replace(/\.ts$/, '.js')}`),
  );
  writeCommands(root);
  writeManuals(root);
  if (described(root).length > 0) keepCompiledCode(root, BUNDLE, say);
  writeFileSync(join(root, STAMP), before);
}

/** Changes when a source is added, removed or written, or when the compiler, its settings or Node change. */
function signature(root) {
  const hash = createHash('sha256').update(process.version);
  const setup = readdirSync(join(root, 'deploy/setup')).map((name) => `deploy/setup/${name}`);
  for (const path of ['tsconfig.json', 'package-lock.json', ...setup]) hash.update(fingerprint(root, path));
  for (const folder of SOURCE_FOLDERS) for (const path of sources(root, folder)) hash.update(fingerprint(root, path));
  return hash.digest('hex');
}

function fingerprint(root, path) {
  const { size, mtimeMs } = statSync(join(root, path));
  return `${path} ${size} ${mtimeMs}\n`;
}

function sources(root, folder) {
  const found = [];
  for (const entry of list(join(root, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) found.push(...sources(root, path));
    else if (entry.name.endsWith('.ts')) found.push(path);
  }
  return found.sort();
}

/** A compiled test whose source was deleted would otherwise go on running. */
function removeOrphans(root, folder) {
  for (const entry of list(join(root, 'dist', folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      removeOrphans(root, path);
      if (list(join(root, 'dist', path)).length === 0) rmSync(join(root, 'dist', path), { recursive: true });
    } else if (!existsSync(join(root, path.replace(/\.js(\.map)?$/, '.ts')))) {
      rmSync(join(root, 'dist', path));
    }
  }
}

function commands(root) {
  return list(join(root, 'apps'))
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'apps', entry.name, 'main.ts')))
    .map((entry) => entry.name)
    .sort();
}

/** Each starts itself in the script of all. */
function writeCommands(root) {
  const folder = join(root, 'dist/bin');
  mkdirSync(folder, { recursive: true });
  const names = commands(root);
  for (const entry of list(folder))
    if (![...names, 'package.json'].includes(entry.name)) rmSync(join(folder, entry.name), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  for (const name of names) {
    writeFileSync(
      join(folder, name),
      `#!/usr/bin/env node\nrequire('../bundle/commands/start.js').start('${name}');\n`,
    );
    chmodSync(join(folder, name), 0o755);
  }
}

/** Commands that say what options they have. */
function described(root) {
  return commands(root).filter((name) => existsSync(join(root, 'apps', name, 'command.ts')));
}

function writeManuals(root) {
  const names = described(root);
  if (names.length === 0) return;
  const script = join(root, 'deploy/setup/write-manuals.mjs');
  const result = spawnSync(process.execPath, [script, root, ...names], { encoding: 'utf8' });
  if (result.status !== 0) throw new SetupError(`the man pages cannot be written:\n${result.stderr}`.trim());
}

function list(folder) {
  return existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
}
