import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What building the native npm packages needs, and how to see that it is there without asking dpkg (slow). */
const NEEDED = [
  {
    name: 'libpcap-dev',
    isThere: () =>
      process.platform === 'darwin' || // part of Apple's SDK
      ['/usr/include', '/usr/local/include'].some((folder) => existsSync(join(folder, 'pcap/pcap.h'))),
  },
  { name: 'g++', isThere: () => isCommand('g++') || isCommand('c++') || isCommand('clang++') },
  { name: 'make', isThere: () => isCommand('make') || isCommand('gmake') },
  { name: 'python3', isThere: () => isCommand('python3') },
];

/** @returns {string[]} names of Debian packages whose files are not on this machine */
export function missingDebianPackages() {
  return NEEDED.filter((needed) => !needed.isThere()).map((needed) => needed.name);
}

/** @param {string[]} names */
export function installCommand(names) {
  return `apt-get install -y --no-install-recommends ${names.join(' ')}`;
}

/**
 * Installs what is missing where that needs no question: on a system with apt, as root or with passwordless sudo.
 * Elsewhere it says what to install. Never fails: whether the lack matters shows when the npm packages are built.
 * @param {string[]} missing
 * @param {(text: string) => void} say
 * @returns {string[]} what is missing still
 */
export function installDebianPackages(missing, say) {
  if (missing.length === 0) return missing;
  if (!isCommand('apt-get')) {
    say(`building needs what Debian calls ${missing.join(', ')}; install them with your system's package manager.`);
    return missing;
  }
  const prefix = rootPrefix();
  if (prefix === undefined) {
    say(`building needs packages that only root can install:\n  sudo ${installCommand(missing)}`);
    return missing;
  }
  say(`installing ${missing.join(' ')} …`);
  let result = run([...prefix, ...installCommand(missing).split(' ')]);
  if (result.status !== 0) {
    run([...prefix, 'apt-get', 'update']);
    result = run([...prefix, ...installCommand(missing).split(' ')]);
  }
  const stillMissing = missingDebianPackages();
  if (stillMissing.length > 0) {
    say(`apt-get could not install ${stillMissing.join(', ')}:\n${lastLines(result.stderr || result.stdout || '', 5)}`);
  }
  return stillMissing;
}

function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  if (isCommand('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0) return ['sudo', '-n'];
  return undefined;
}

function run([command, ...args]) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(command, args, { encoding: 'utf8', env, maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'pipe'] });
}

function lastLines(text, count) {
  return text.trim().split('\n').slice(-count).join('\n');
}

function isCommand(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
