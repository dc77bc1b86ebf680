import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { understand } from '../support/suite-command.ts';

const FOLDER = join(import.meta.dirname, '../../../deploy/systemd');
const units = readdirSync(FOLDER);

/** `NAME=value` lines by name; a value of none, too. */
function settingsOf(unit: string): Map<string, string[]> {
  const settings = new Map<string, string[]>();
  for (const line of readFileSync(join(FOLDER, unit), 'utf8').split('\n')) {
    if (line === '' || /^(#|\[(Unit|Service|Install)\]$)/.test(line)) continue;
    const [, name = '', value = ''] = /^([A-Z]\w+)=(.*)$/.exec(line) ?? assert.fail(`${unit}: ${line}`);
    settings.set(name, [...(settings.get(name) ?? []), value]);
  }
  return settings;
}

/** The words that a unit starts, with its variables and specifiers put in. */
function startedWords(settings: Map<string, string[]>): string[] {
  const variables = (settings.get('Environment') ?? []).map((text) => /^"(\w+)=(.*)"$/.exec(text)?.slice(1) ?? []);
  const value = (name: string): string => variables.find(([known]) => known === name)?.[1] ?? '';
  const [start = ''] = settings.get('ExecStart') ?? [];
  return start
    .replaceAll(/\$(\w+)/g, (_, name: string) => value(name))
    .replaceAll(/%(.)/g, (_, letter: string) => (letter === '%' ? '%' : 'eth0'))
    .split(' ');
}

const COMMANDS: Readonly<Record<string, string>> = {
  'argus@.service': 'argus',
  'radium.service': 'radium',
  'rastream.service': 'rastream',
};

test('there is a unit for each daemon', () => assert.deepEqual(units.sort(), Object.keys(COMMANDS)));

for (const unit of units) {
  test(`${unit} starts a command line that is understood`, async () => {
    const [env, name = '', ...words] = startedWords(settingsOf(unit));
    assert.deepEqual([env, name], ['/usr/bin/env', COMMANDS[unit]]);
    const { tokens, operands } = await understand(name, words);
    assert.ok(tokens.length > 0);
    assert.deepEqual(operands, []);
    assert.ok(!tokens.includes('--daemon'), 'systemd waits for it');
  });

  test(`${unit} is watched, starts again, and has no rights but those it needs`, () => {
    const settings = settingsOf(unit);
    const is = (name: string, ...values: string[]): void => assert.deepEqual(settings.get(name), values, name);
    is('Type', 'notify');
    is('NotifyAccess', 'main');
    is('Restart', 'on-failure');
    assert.ok(settings.has('WatchdogSec'));
    is('DynamicUser', 'yes');
    is('User', 'panoptes');
    is('StateDirectory', 'panoptes');
    is('ProtectSystem', 'strict');
    is('NoNewPrivileges', 'yes');
    is('CapabilityBoundingSet', unit === 'argus@.service' ? 'CAP_NET_RAW' : '');
    assert.deepEqual(settings.get('AmbientCapabilities'), unit === 'argus@.service' ? ['CAP_NET_RAW'] : undefined);
  });
}

const analyze = spawnSync('systemd-analyze', ['--version']).status === 0;

test('systemd understands the units', { skip: analyze ? false : 'systemd-analyze is not installed' }, () => {
  const paths = units.map((unit) => join(FOLDER, unit.replace('@.', '@eth0.')));
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...paths], { encoding: 'utf8' });
  // What it says of other units of the machine is not ours.
  const ours = stderr.split('\n').filter((line) => /argus|radium|rastream/.test(line));
  assert.deepEqual(ours, []);
  assert.equal(status, 0, stderr);
});
