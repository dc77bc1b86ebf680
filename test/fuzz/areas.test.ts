import assert from 'node:assert/strict';
import test from 'node:test';
import { AREAS, areasOf } from './areas.ts';

const RUNS = 300;

for (const area of AREAS) {
  test(`${area.thing}: none makes trouble`, async () => {
    const { runs, problems } = await area.fuzz({ seed: 20_260_101, runs: RUNS });
    assert.deepEqual(problems, []);
    assert.equal(runs, RUNS);
  });
}

test('areas are found by name, all of them without one', () => {
  assert.deepEqual(areasOf([]), AREAS);
  assert.deepEqual(
    areasOf(['flow'])?.map(({ name }) => name),
    ['flow'],
  );
  assert.equal(areasOf(['flow', 'folw']), undefined);
});
