import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { installCommand } from './debian-packages.mjs';
import { SetupError } from './setup-error.mjs';

const STAMP = 'node_modules/.panoptes.json';
/** Of npm itself, not of an install script that tried to download something and went on without. */
const NETWORK =
  /^npm (?:error|ERR!) code (ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT)$/m;

/** Three retries within 13 s; npm's own two leave one without network waiting for more than a minute. */
const RETRIES = ['--fetch-retries=3', '--fetch-retry-mintimeout=1000', '--fetch-retry-factor=3'];

/** Which Node the native packages were built for. */
const BUILT_FOR = `${process.platform}-${process.arch}-${process.versions.modules}`;

/**
 * Whether node_modules is what package-lock.json asks for, built for this Node.
 * @param {string} root
 * @param {string[]} missing Debian packages that this machine lacks
 */
export function npmPackagesAreCurrent(root, missing) {
  const lock = hashOfLock(root);
  const stamp = readJson(`${root}/${STAMP}`);
  if (stamp?.lock !== lock || stamp.builtFor !== BUILT_FOR) {
    // Perhaps someone ran npm by hand; then there is nothing to do but remember it.
    return installedAgreesWithLock(root) && stampIfUsable(root, missing).zstd;
  }
  // Portable capture could not be built for want of a package that is here now: worth another try.
  return stamp.cap || stamp.missing.length === 0 || missing.length > 0;
}

/**
 * Installs the npm packages from the lock file and builds the native ones.
 * @param {string} root
 * @param {string[]} missing Debian packages that this machine lacks
 * @param {(text: string) => void} say
 * @throws {SetupError} with what is missing: network, compiler, or else npm's own words
 */
export function installNpmPackages(root, missing, say) {
  say('installing npm packages (a minute or so, the first time) …');
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', ...RETRIES];
  if (/--strict-allow-scripts/.test(npm(root, ['ci', '--help']).stdout)) args.push('--strict-allow-scripts');
  const result = npm(root, args);
  if (result.error) throw new SetupError(`npm could not be started (${result.error.message}); it comes with Node.`);
  if (result.status !== 0) throw new SetupError(explain(`${result.stdout}\n${result.stderr}`, missing));
  const loads = stampIfUsable(root, missing);
  if (!loads.zstd) throw new SetupError(explain('npm installed zstd-napi, but it was not built.', missing));
  if (!loads.cap) {
    const remedy = missing.length > 0 ? ` To have it: ${installCommand(missing)}` : '';
    say(`the package 'cap' could not be built: portable live capture is off, all else works.${remedy}`);
  }
}

/** Exported for its tests. */
export function explain(output, missing) {
  const network = NETWORK.exec(output);
  if (network) {
    return `the npm registry cannot be reached (${network[1]}), and the packages are not here yet. Connect this machine, or name a registry that it reaches with 'npm config set registry URL', and try again.`;
  }
  const own = output.trim().split('\n').slice(-25).join('\n');
  const tools = missing.filter((name) => name !== 'libpcap-dev');
  if (tools.length > 0) {
    return `${own}\nA native package could not be built because ${tools.join(', ')} ${tools.length > 1 ? 'are' : 'is'} missing:\n  ${installCommand(missing)}`;
  }
  return `${own}\n'npm ci' failed; its last words are above. If npm is set to skip install scripts (ignore-scripts), allow them for this project.`;
}

function stampIfUsable(root, missing) {
  const loads = { zstd: canLoad(root, 'zstd-napi'), cap: canLoad(root, 'cap') };
  if (loads.zstd) {
    const stamp = { lock: hashOfLock(root), builtFor: BUILT_FOR, cap: loads.cap, missing };
    writeFileSync(`${root}/${STAMP}`, `${JSON.stringify(stamp)}\n`);
  }
  return loads;
}

/**
 * Tried in a process of its own, since a native module built for another Node may do worse than throw; and by its path,
 * since a folder further up may have one of the same name.
 */
function canLoad(root, name) {
  const path = JSON.stringify(`${root}/node_modules/${name}`);
  return spawnSync(process.execPath, ['-e', `require(${path})`], { stdio: 'ignore' }).status === 0;
}

/** Packages for other systems are in the lock file and not in node_modules: optional ones may be absent. */
function installedAgreesWithLock(root) {
  const installed = readJson(`${root}/node_modules/.package-lock.json`)?.packages;
  const wanted = readJson(`${root}/package-lock.json`)?.packages;
  if (!installed || !wanted) return false;
  const asked = Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const have = installed[path];
    return have ? have.version === entry.version && have.integrity === entry.integrity : entry.optional === true;
  });
  return asked && Object.keys(installed).every((path) => path in wanted);
}

function npm(root, args) {
  const env = { JOBS: 'max', ...process.env }; // node-gyp compiles on all cores: 42 s become 28 on two
  return spawnSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    env,
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function hashOfLock(root) {
  return createHash('sha256')
    .update(readFileSync(`${root}/package-lock.json`))
    .digest('hex');
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
