import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { runHere } from '../support/run-here.ts';

/*
 * Options one by one, with the original commands beside ours on the same records. What prints otherwise on purpose is in
 * docs/differences.md, and left out of the records, columns and lines here.
 */

const FOLDER = join(import.meta.dirname, '../../../test/interop/argus3/argus3');
const FILES = ['01-tcp-close-full', '02-tcp-rst', '05-tcp-retrans', '06-udp-dns-full', '19-S5', '20-bulk-full'].map(
  (name) => join(FOLDER, `${name}.arg`),
);
const COUNTS = '-s proto saddr daddr trans spkts dpkts sbytes dbytes';

/** What a model of `racluster` and `rabins` says in a file. */
const MODELS = ['filter="tcp" model="saddr daddr proto" status=10 idle=30', 'filter="" model="proto"'];
const folder = mkdtempSync(join(tmpdir(), 'options-original-'));
after(() => rmSync(folder, { recursive: true }));
const models = join(folder, 'models');
writeFileSync(models, `${MODELS.join('\n')}\n`);

const SAME: Readonly<Record<string, readonly string[]>> = {
  ra: [
    '',
    '-n',
    '-nn',
    '-L 5',
    '-L -1',
    '-p 3',
    '-p 0 -u',
    '-N o2 - udp',
    '-z',
    '-Z s',
    '-Z d',
    '-H -s spkts dpkts',
    '-c , -s stime saddr sport bytes state',
    "-c '' -L -1 -s stime saddr sport bytes state",
    '-s -stime -s -flgs',
    '-s +2dur:14 +spkts',
    '-s saddr:7 daddr:30',
    '-M rmon -s saddr spkts dpkts',
    '-e s:GET',
    '-e d:HTTP.*200',
    '-t 2023/11/14.22:13 -s stime',
    '-q',
  ],
  racluster: [
    `-M correct ${COUNTS}`,
    `-m saddr daddr ${COUNTS}`,
    `-m proto ${COUNTS}`,
    '-m saddr/16 -s saddr trans pkts',
    '-m addr -s saddr trans spkts dpkts',
    '-m port -s sport proto trans spkts',
    '-m smac -s smac trans',
    '-M rmon -m saddr -s saddr spkts dpkts',
  ],
  rabins: [
    '-M hard time 10s -m proto -s stime proto trans spkts',
    '-M time 1m -m saddr -s stime ltime saddr trans',
    '-M time 10s -B 1h -m proto -s stime proto trans',
    '-M nomodify time 5s -m proto -s stime proto trans spkts',
    `-M time 10s -f ${models} -s stime trans spkts`,
  ],
  rasort: ['-m bytes -s bytes', '-m saddr daddr -s saddr daddr', '-m stime -s stime', '-m maxdur -s max'],
  ratimerange: ['-u', '-u -p 0'],
};

const skip = spawnSync('ra', ['-h']).error === undefined ? false : 'the original ra is not installed';
/** Of clusters the original gives them in the order of a hash. */
const linesOf = (text: string, name: string): string[] =>
  name === 'racluster' || name === 'rabins' ? text.split('\n').sort() : text.split('\n');

const unquoted = (word: string): string => (word === "''" ? '' : word);

for (const [name, lines] of Object.entries(SAME)) {
  test(`${name} prints what the original prints, option by option`, { skip }, async () => {
    for (const line of lines) {
      const [options = '', filter] = line.split(' - ');
      const asked = filter === undefined ? [] : ['-', filter];
      const words = ['-X', '-r', ...FILES, ...options.split(' ').filter(Boolean).map(unquoted), ...asked];
      const theirs = spawnSync(name, words, { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });
      const ours = await runHere(name, words);
      assert.deepEqual([ours.status, ours.stderr], [0, ''], line);
      assert.ok(theirs.stdout !== '' || line === '-q', line);
      assert.deepEqual(linesOf(ours.stdout, name), linesOf(theirs.stdout, name), line);
    }
  });
}
