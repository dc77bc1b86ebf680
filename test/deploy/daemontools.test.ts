import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { understand } from '../support/suite-command.ts';

const FOLDER = join(import.meta.dirname, '../../../deploy/daemontools');
const scripts = readdirSync(FOLDER).map((name) => join(FOLDER, name, 'run'));
/** Prints its words, one a line, and something on standard error. */
const FAKE = '#!/bin/sh\necho "${0##*/}"\nfor word; do echo "$word"; done\necho said >&2\n';

let site = '';
before(() => {
  site = mkdtempSync(join(tmpdir(), 'daemontools-'));
  mkdirSync(join(site, 'bin'));
  for (const name of ['argus', 'radium', 'rastream', 'multilog', 'sleep']) {
    writeFileSync(join(site, 'bin', name), name === 'sleep' ? '#!/bin/sh\n' : FAKE);
    chmodSync(join(site, 'bin', name), 0o755);
  }
});
after(() => rmSync(site, { recursive: true }));

interface Started {
  readonly status: number | null;
  readonly words: readonly string[];
}

/** Runs the service as supervise does: `./run` in its folder. @param settings of the folder, unless empty */
function start(service: string, script: string, settings: string): Started {
  const folder = join(site, service);
  mkdirSync(folder);
  symlinkSync(join(FOLDER, script, 'run'), join(folder, 'run'));
  if (settings !== '') writeFileSync(join(folder, 'settings'), settings);
  const env = { PATH: `${join(site, 'bin')}:/usr/bin:/bin`, PWD: '/elsewhere' };
  const { status, stdout, stderr } = spawnSync('./run', { cwd: folder, encoding: 'utf8', env });
  assert.equal(stderr, '', 'all is on standard output, for the log');
  rmSync(folder, { recursive: true });
  return { status, words: stdout.trimEnd().split('\n') };
}

for (const script of scripts)
  test(`${script.slice(FOLDER.length + 1)} is a script that can be run`, () => {
    assert.ok((statSync(script).mode & 0o111) !== 0);
    const { status, stderr } = spawnSync('sh', ['-n', script], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });

const ROUTER = Array.from({ length: 10 }, (_, i) => `localhost:400${i}`);
const CASES: readonly (readonly [service: string, settings: string, line: string])[] = [
  ['argus.em0', '', 'argus -i em0 -B 127.0.0.1 -P 4000'],
  ['argus.em1', '', 'argus -i em1 -B 127.0.0.1 -P 4001'],
  ['argus.em9', '', 'argus -i em9 -B 127.0.0.1 -P 4009'],
  ['argus.eth010', '', 'argus -i eth010 -B 127.0.0.1 -P 4010'],
  ['argus.eth08', '', 'argus -i eth08 -B 127.0.0.1 -P 4008'],
  ['argus.wan', '', 'argus -i wan -B 127.0.0.1 -P 4000'],
  ['argus.eth0.100', '', 'argus -i eth0.100 -B 127.0.0.1 -P 4100'],
  ['argus.em2', "PORT=561 ADDRESS=10.0.0.1 OPTIONS='-S 1 -R'", 'argus -i em2 -B 10.0.0.1 -P 561 -S 1 -R'],
  [
    'radium',
    `SERVERS='${ROUTER.slice(0, 7).join(' ')}\n  ${ROUTER.slice(7).join(' ')}'\nADDRESS=10.20.1.2 PORT=3999`,
    `radium ${ROUTER.map((server) => `-S ${server}`).join(' ')} -B 10.20.1.2 -P 3999`,
  ],
  ['radium', "SERVERS='10.20.1.2:3999 10.20.1.3:3999'", 'radium -S 10.20.1.2:3999 -S 10.20.1.3:3999 -B 127.0.0.1 -P 4001'],
  ['rastream', '', 'rastream -S localhost:4001 -M time 10m -w /var/log/argus/%Y-%m-%d/argus.%H.%M.%S'],
  ['rastream', 'EVERY=1h OPTIONS="-B 30s"', 'rastream -S localhost:4001 -M time 1h -w /var/log/argus/%Y-%m-%d/argus.%H.%M.%S -B 30s'],
]; // prettier-ignore

for (const [service, settings, line] of CASES)
  test(`/service/${service} with '${settings.replaceAll('\n', ' ')}' starts ${line}`, async () => {
    const name = service.replace(/\..*/, '');
    const { status, words } = start(service, name, settings);
    assert.deepEqual([status, words.at(-1)], [0, 'said']);
    assert.equal(words.slice(0, -1).join(' '), line);
    const { operands } = await understand(name, words.slice(1, -1));
    assert.deepEqual(operands, []);
  });

test('services that lack something say so in the log', () => {
  for (const [service, script, says] of [
    ['argus', 'argus', /name this folder argus\.INTERFACE/],
    ['argus.', 'argus', /name this folder argus\.INTERFACE/],
    ['radium', 'radium', /SERVERS=/],
  ] as const) {
    const { status, words } = start(service, script, '');
    assert.equal(status, 2);
    assert.match(words.join('\n'), says);
  }
});
