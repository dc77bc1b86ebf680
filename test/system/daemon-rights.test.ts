import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parseExposition } from '../support/exposition.ts';
import { freePort } from '../support/free-port.ts';
import { commandLine, runCommand, RunningCommand } from '../support/run-command.ts';
import { knownReaders, until } from '../support/stream-lab.ts';

/** As the units start a daemon: a user without rights, or with one. */
function asNobodyWith(rights: string): string[] {
  const caps = ['inh-caps', 'ambient-caps', 'bounding-set'].flatMap((set) => [`--${set}`, rights]);
  return ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--no-new-privs', ...caps];
}

function whyNot(): string | false {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'giving rights away is for root on Linux';
  const [setpriv = '', ...words] = asNobodyWith('-all');
  const { error, status } = spawnSync(setpriv, [...words, process.execPath, ...commandLine('argus', '--version')]);
  if (error !== undefined) return 'setpriv is not installed';
  return status === 0 ? false : 'this folder is closed to other users';
}

const skip = whyNot();

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'daemon-rights-'));
  chmodSync(folder, 0o777);
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A daemon that says in json where its metrics are. */
async function started(
  name: string,
  args: readonly string[],
  prefix: readonly string[],
): Promise<readonly [RunningCommand, string]> {
  const command = new RunningCommand(name, [...args, '--metrics', '0', '--log', 'json'], {}, prefix);
  let url: string | undefined;
  const ended = command.status.then((status) => assert.fail(`${name} ended with ${status}: ${command.stderr}`));
  ended.catch(() => undefined);
  while (url === undefined) {
    await Promise.race([once(command.process.stderr, 'data'), ended]);
    const said = command.stderr
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { url?: string });
    url = said.find((message) => message.url !== undefined)?.url;
  }
  return [command, url];
}

async function valuesOf(url: string): Promise<Map<string, number>> {
  const samples = parseExposition(await (await fetch(url)).text());
  return new Map(samples.map(({ name, value }) => [name, value]));
}

const capabilities = ({ process: { pid } }: RunningCommand): string =>
  /^CapEff:\s*(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';

test('the probe needs the right to capture and no other', { skip }, async (t) => {
  const folder = folderOf(t);
  const args = ['-X', '-i', 'lo', '-P', '0', '-w', join(folder, 'flows')];
  const [argus, url] = await started('argus', args, asNobodyWith('-all,+net_raw'));
  assert.equal(capabilities(argus), '0000000000002000');
  while (((await valuesOf(url)).get('panoptes_packets_total') ?? 0) === 0); // to ask makes packets
  argus.process.kill('SIGTERM');
  assert.equal(await argus.status, 0, argus.stderr);
});

const NOBODY_THERE = '127.0.0.1:1';

for (const [name, args, figure] of [
  ['radium', ['-X', '-S', NOBODY_THERE, '-w', 'records'], 'panoptes_received_records_total'],
  ['rastream', ['-S', NOBODY_THERE, '-M', 'time', '10m', '-w', 'records'], 'panoptes_journal_bytes'],
] as const)
  test(`${name} needs no right at all, and has figures before there is anything to count`, { skip }, async (t) => {
    const folder = folderOf(t);
    const inFolder = args.map((word) => (word === 'records' ? join(folder, word) : word));
    const state = ['--state', join(folder, 'state')];
    const [command, url] = await started(name, [...inFolder, ...state], asNobodyWith('-all'));
    assert.equal(capabilities(command), '0000000000000000');
    const values = await valuesOf(url);
    assert.ok(values.has(figure));
    assert.equal(values.get('panoptes_build_info'), 1);
    command.process.kill('SIGTERM');
    assert.equal(await command.status, 0, command.stderr);
  });

for (const [name, words, state] of [
  ['radium', ['-P', '0', '-w', 'FOLDER/written'], undefined],
  ['rastream', ['--name', 'us', '-M', 'time', '1h', '-w', 'FOLDER/out/%H'], 'rastream-us'],
] as const) {
  test(`-u: what links in the state of ${name} lead to stays with its owner`, { skip }, async (t) => {
    const folder = folderOf(t);
    const others = join(folder, 'others');
    writeFileSync(others, 'ours alone');
    const args = ['-X', '-S', '127.0.0.1:1', ...words.map((word) => word.replace('FOLDER', folder)), '--state', folder];
    const [first] = await started(name, args, []);
    const own = state ?? readdirSync(folder).find((each) => each.startsWith(`${name}-`)) ?? '';
    first.process.kill();
    await first.status;
    for (const link of ['link', 'checkpoint.json.new', 'readers.json.new', 'name']) {
      rmSync(join(folder, own, link), { force: true });
      symlinkSync(others, join(folder, own, link));
    }
    mkdirSync(join(folder, own, 'journal'), { recursive: true });
    symlinkSync(others, join(folder, own, 'journal', '0000000000000000.records'));
    const [second] = await started(name, [...args, '-u', '65534', '-g', '65534'], []);
    second.process.kill();
    assert.equal(await second.status, 0, second.stderr);
    assert.equal(statSync(others).uid, 0);
    assert.equal(readFileSync(others, 'utf8'), 'ours alone');
    assert.equal(statSync(join(folder, own)).uid, 65_534);
  });
}

test('-c: radium finds what it kept for its readers again, wherever its paths begin', { skip }, async (t) => {
  const folder = folderOf(t);
  const port = String(await freePort());
  const probe = ['-X', '-S', '127.0.0.1:1', '-P', port, '-B', '127.0.0.1', '-M', '0', '-c', folder];
  const keeper = [
    '-X',
    '-S',
    `127.0.0.1:${port}`,
    '--name',
    'keeper',
    '-M',
    'time',
    '1h',
    '-w',
    join(folder, 'out/%H'),
  ];
  const inside = ['--state', join(folder, 'state')];
  const [first] = await started('radium', [...probe, ...inside], []);
  const reader = new RunningCommand('rastream', [...keeper, ...inside]);
  await until(() => knownReaders(join(folder, 'state')).includes('keeper'));
  reader.process.kill();
  await reader.status;
  first.process.kill();
  await first.status;
  const [second, url] = await started('radium', [...probe, ...inside], []);
  assert.equal((await valuesOf(url)).get('panoptes_named_readers'), 1);
  second.process.kill();
  await second.status;
  const outside = await runCommand('radium', [...probe, '--state', '/tmp']);
  assert.equal(outside.status, 2);
  assert.match(outside.stderr, /--state \/tmp is outside of/);
});
