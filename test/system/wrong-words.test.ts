import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { runHere } from '../support/run-here.ts';

/* Words that are wrong by a letter: the message has the word and the right one. The filter's own are in test/filter. */

const RECORDS = join(import.meta.dirname, '../../../test/interop/argus3/argus3/20-bulk.arg');

const CASES: readonly (readonly [line: string, said: RegExp])[] = [
  ['ra -s stmie', /unknown field 'stmie'\n.*'stime'/],
  ['ra -s +dur -flgs', /unknown option '-f'\n.*-s -flgs/],
  ['ra -M jsn', /unknown mode 'jsn'.*\n.*'json'/],
  ['ra --thrads 3', /unknown option '--thrads'\n.*'--threads'/],
  ['ra -t yesterday', /'yesterday' is no time\n.*2026\/03\/01/],
  ['ra -t 2023/13/01', /13 is no month/],
  ['ra --port-direction servces', /'servces'\n.*'services'/],
  ['ra - sbytse gt 5', /'sbytse' is not a test at column 1\n {2}sbytse gt 5\n {2}\^\n.*'sbytes'/],
  ['racluster -m sadr', /'sadr' is no key.*\n.*'saddr'/],
  ['racluster -m ,', /no key is named\n.*none/],
  ['racluster -m saddr/24/8', /'saddr\/24\/8': that is no mask/],
  ['racluster -m offset', /'offset' is no key.*\n.*read or printed one by one/],
  ['racluster -m sco', /'sco' is no key.*\n.*do not hold it/],
  ['racluster -m smpls[1]', /'smpls\[1\]' is no key.*\n.*one label for each side: 'smpls'/],
  ['racluster -M corect', /unknown mode 'corect'.*\n.*'correct'/],
  ['rabins -M tme 5s', /unknown mode 'tme'.*\n.*'time'/],
  ['rabins -M 5s', /unknown mode '5s'.*\n.*'time 5s'/],
  ['rabins -M time 5s count 3', /-M time and -M count exclude each other/],
  ['rabins -M time 5s replace', /unknown mode 'replace'/],
  ['rabins -M time 5x', /'5x' is no span of time/],
  ['rasort -m byts', /unknown field 'byts'.*\n.*'bytes'/],
  ['racount -M prto', /unknown mode 'prto'.*\n.*'proto'/],
  ['rasplit -M tiem 5m -w none', /unknown mode 'tiem'.*\n.*'time'/],
  ['rastream -M time 5m -w none -u nobody', /--user is for a stream/],
  ['rastream -M time 5m -w none -f ./none', /-f '\.\/none': there is no program/],
  ['radium -w argus-udp://host:561', /not sent to 'argus-udp:\/\/host:561'\n.*-P/],
  ['raconvert -w argus3:', /'argus3:' names no file\n.*argus3:FILE/],
  ['radium -P 0 -T 5', /unknown option '-T'\n.*clocks/],
  ['ratimerange -M xml', /xml\n.*json/],
];
for (const [line, said] of CASES) {
  test(`${line} is an error that shows the way`, async () => {
    const [command = '', ...words] = line.split(' ');
    const { status, stdout, stderr } = await runHere(command, ['-X', '-r', RECORDS, ...words]);
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, said);
  });
}

for (const command of ['ra', 'racluster', 'rabins', 'rasort', 'racount', 'rasplit', 'rastream', 'ratimerange']) {
  test(`${command} -b says how a filter was understood`, async () => {
    const { status, stdout, stderr } = await runHere(command, ['-X', '-b', '-', 'udp']);
    assert.deepEqual([status, stdout, stderr], [0, 'ipproto = 17\nreads: ipproto\n', '']);
  });
}
