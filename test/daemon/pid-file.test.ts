import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PidFile } from '../../libs/daemon/pid-file.ts';
import { claimingMissing, claimTwice, eachStep } from '../support/claiming.ts';
import { PATIENCE } from '../support/patience.ts';

const root = mkdtempSync(join(tmpdir(), 'panoptes-pid-'));
after(() => rmSync(root, { recursive: true }));

/** Above what Linux gives out. */
const GONE = 4_194_305;

test('what processes left that were killed while they wrote the file is removed, and nothing else', () => {
  const path = join(root, 'it.pid');
  const others = ['it.pid.conf', 'it.pid.7x', `it.pid.${process.ppid}`, `its.pid.${GONE}`, `it.pid.${GONE + 1}`];
  for (const name of others) writeFileSync(join(root, name), 'of somebody\n');
  writeFileSync(`${path}.${GONE}`, `${GONE}\n`);
  writeFileSync(`${path}.${GONE + 2}`, '');
  const held = PidFile.open(path, 'it');
  assert.deepEqual(readdirSync(root).sort(), [...others, 'it.pid'].sort());
  held[Symbol.dispose]();
  assert.deepEqual(readdirSync(root).sort(), others.sort());
});

test(
  'of two that start where a killed one has left its file, one goes on, whenever the other comes in between',
  { ...PATIENCE, skip: claimingMissing() },
  async () => {
    await eachStep(7, (step) => {
      const path = join(root, `at-once-${step}`);
      writeFileSync(path, `${GONE}\n`);
      return claimTwice('pid file', path, step);
    });
  },
);
