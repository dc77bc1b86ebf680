import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What commands do most, so that V8 has compiled it; the first ones make what the others read. */
const LINES = [
  'argus -X -r capture -w records',
  'raconvert -X -r records -w argus3:argus',
  'raconvert -X -r argus -w converted',
  'ra -X -r records -n - tcp and port 443 and host 203.0.113.194',
  'ra -X -r records -n -L -1 -t 1767225600-1767225630.5 - tcp and port 443 and host 203.0.113.194',
  `ra -X -r ${'records '.repeat(24)}-w many`,
  'ra -X -r many -n -L -1 -t 1767225600-1767225630.5 - tcp and port 443 and host 203.0.113.194',
  'ra -X -r many -n -L -1 -t 1767225000-1767225001 - tcp and port 443 and host 203.0.113.194',
  'ra -X -r records -t 2026/01/01-2026/01/02 -s stime dur saddr daddr sbytes -w copy - src net 10.0.0.0/8 or udp',
  'ra -X -r argus - tcp or bytes gt 100',
  'rabins -X -r records -M hard time 10s -m proto -s stime dur proto pkts bytes - tcp',
  'racluster -X -r records -m saddr -s saddr pkts bytes',
  'racluster -X -r argus -m saddr daddr -w clusters - tcp',
  'racount -X -r records',
  'racount -X -r records -M proto addr',
  'racount -X -r argus -M proto - tcp',
  'radium -X --check -S localhost -w joined',
  'rasort -X -r records -m bytes -N 10',
  'rasort -X -r argus -m stime -w sorted - tcp',
  'rasplit -X -r records -M time 1h -w split/%H - tcp',
  'rastream -X -r records -M time 1h -w stream/%H - tcp',
  'ratimerange -X -r records - tcp',
  'panoptes archive .',
];

/**
 * Runs commands on a few flows, and keeps beside the bundle the code that V8 compiled for them. Whatever is not kept is
 * compiled by each command anew, which only takes longer.
 * @param {string} root
 * @param {string} bundle its folder in the clone
 * @param {(text: string) => void} say
 */
export function keepCompiledCode(root, bundle, say) {
  const folder = mkdtempSync(join(tmpdir(), 'panoptes-'));
  const env = { HOME: folder, TZ: 'UTC' };
  const run = (script, ...args) => {
    const path = join(import.meta.dirname, script);
    const { status, stderr } = spawnSync(process.execPath, [path, ...args], { cwd: folder, env, encoding: 'utf8' });
    if (status !== 0) say(`'${args.slice(1).join(' ')}' failed: ${stderr.trim()}`);
  };
  try {
    run('write-capture.mjs', root, join(folder, 'capture'));
    for (const line of LINES) run('keep-code.cjs', join(root, bundle), ...line.split(' '));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
