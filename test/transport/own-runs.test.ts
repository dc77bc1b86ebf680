import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CAUSE } from '../../libs/record/fields/field.ts';
import { managementBatch } from '../../libs/record/management.ts';
import { OwnRuns } from '../../libs/transport/own-runs.ts';
import { ORIGIN, START } from './lab.ts';

const STOP = managementBatch(ORIGIN, 7, { cause: CAUSE.stop, timeUs: ORIGIN.run, durationNs: 0, values: {} });

function folder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'panoptes-runs-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

test('a run that did not stop is known to the next as killed; one that stopped is not', () => {
  using state = folder();
  assert.deepEqual(new OwnRuns(state.path).killed(), []);
  const runs = new OwnRuns(state.path);
  assert.equal(runs.note(START), true);
  assert.equal(runs.note(START), false);
  runs.save();
  assert.deepEqual(new OwnRuns(state.path).killed(), [ORIGIN]);
  assert.equal(runs.note(STOP), true);
  runs.save();
  assert.deepEqual(new OwnRuns(state.path).killed(), []);
});

test('what could not be written down is written as soon as it can be', () => {
  using state = folder();
  const inside = join(state.path, 'later');
  writeFileSync(inside, 'in the way');
  const runs = new OwnRuns(inside);
  runs.note(START);
  assert.throws(() => runs.save(), { code: 'EEXIST' });
  rmSync(inside);
  runs.save();
  assert.deepEqual(new OwnRuns(inside).killed(), [ORIGIN]);
});

for (const [name, text] of [
  ['cut', '[{"source":"a"'],
  ['empty', ''],
  ['no list', '{"source":"a","run":1}'],
  ['of others', '[null,1,"x",{"source":1,"run":1},{"source":"a","run":1.5}]'],
] as const)
  test(`a file of runs that is ${name} tells of none`, () => {
    using state = folder();
    writeFileSync(join(state.path, 'runs.json'), text);
    assert.deepEqual(new OwnRuns(state.path).killed(), []);
  });

test('what nobody wrote down that knows runs is passed over', () => {
  using state = folder();
  const odd = [null, 7, { source: 'x', run: -1 }, { source: 1, run: 1 }, { source: 'x', run: 1e300 }];
  writeFileSync(join(state.path, 'runs.json'), JSON.stringify([...odd, ORIGIN]));
  assert.deepEqual(new OwnRuns(state.path).killed(), [ORIGIN]);
});
