import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { CommandLine } from '../support/command-line.ts';
import { goldenCases, transcript, writeGoldenInputs } from './cases.ts';

const shell = new CommandLine();
after(() => shell[Symbol.dispose]());
await writeGoldenInputs(shell);

for (const { name, script, expectedPath } of goldenCases()) {
  test(`golden: ${name}`, () => {
    assert.equal(transcript(shell, script), readFileSync(expectedPath, 'utf8'));
  });
}
