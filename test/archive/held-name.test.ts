import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { claimingMissing, claimTwice, eachStep } from '../support/claiming.ts';
import { PATIENCE } from '../support/patience.ts';

const root = mkdtempSync(join(tmpdir(), 'panoptes-held-'));
after(() => rmSync(root, { recursive: true }));

/** Above what Linux gives out. */
const GONE = 4_194_305;

test(
  'of two that want a name which a killed process had, one has it, whenever the other comes in between',
  { ...PATIENCE, skip: claimingMissing() },
  async () => {
    await eachStep(4, (step) => {
      symlinkSync(String(GONE), join(root, `.at-once-${step}.held`));
      return claimTwice('name', join(root, `at-once-${step}`), step);
    });
  },
);
