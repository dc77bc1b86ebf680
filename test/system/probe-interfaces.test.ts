import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { runCommand } from '../support/run-command.ts';

/* Source ids of Argus 5, which name a probe and an interface: `sid` and `inf` as fields, keys and in filters. */

const FOLDER = join(import.meta.dirname, '../../../test/interop/argus3/argus5');
const INPUT = ['-r', ...['01-uuid', '01-int', '06-udp-dns'].map((name) => join(FOLDER, `${name}.arg`))];
const UUID = '3f2504e0-4f89-11d3-9a0c-0305e82c3301';

const CASES: readonly (readonly [command: string, words: readonly string[], rows: readonly string[]])[] = [
  ['ra', ['-s', 'srcid', 'sid', 'inf'], [`${UUID}/wcap,${UUID},wcap`, '77/wcap,77,wcap', '192.0.2.250/wcap,192.0.2.250,wcap', '192.0.2.250/wcap,192.0.2.250,wcap']], // prettier-ignore
  ['ra', ['-s', 'sid', '-', 'sid', '77'], ['77']],
  ['ra', ['-s', 'sid', '-', 'sid ~ "^3f25" and inf wcap'], [UUID]],
  ['ra', ['-s', 'sid', '-', 'inf = eth0'], []],
  ['racluster', ['-m', 'sid', '-s', 'sid', 'spkts'], [`${UUID},6`, '77,6', '192.0.2.250,2']],
  ['racluster', ['-m', 'inf', '-s', 'srcid', 'sid', 'inf', 'spkts'], ['/wcap,,wcap,14']],
  ['rabins', ['-M', 'time', '1m', '-m', 'sid', 'inf', '-s', 'sid', 'inf', 'spkts'], [`${UUID},wcap,6`, '77,wcap,6', '192.0.2.250,wcap,2']], // prettier-ignore
  ['rasort', ['-m', '-sid', '-s', 'sid', '-', 'tcp'], ['77', UUID]],
];
for (const [command, words, rows] of CASES) {
  test(`${command} ${words.join(' ')}`, async () => {
    const { stdout, stderr } = await runCommand(command, [...INPUT, '-c', ',', '-L', '-1', ...words]);
    assert.equal(stderr, '');
    assert.deepEqual(stdout.split('\n').slice(0, -1), rows);
  });
}
