import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileFilter } from '../../libs/filter/compile.ts';
import { EVERYTHING } from '../../libs/filter/everything.ts';
import { FLOW_BATCH, type Batch } from '../../libs/record/batch.ts';

test('everything is what the empty filter takes, and nothing else is said of it', () => {
  const { select, mayMatch, explain, ...compiled } = compileFilter('');
  const {
    select: selectEverything,
    mayMatch: mayMatchEverything,
    explain: explainEverything,
    ...everything
  } = EVERYTHING;
  assert.deepEqual(everything, compiled);
  assert.equal(explainEverything(), explain());
  const zone = { kind: undefined, source: undefined, fields: new Map() };
  assert.ok(mayMatch(zone) && mayMatchEverything(zone));

  const origin = { source: 'probe', run: 0 };
  const buffer = new ArrayBuffer(0);
  const batch: Batch = { kind: FLOW_BATCH, origin, first: 0, covers: 4, rows: 4, columns: [], unknown: [], buffer };
  for (const take of [select, selectEverything]) {
    const rows = Uint32Array.of(0, 2, 3);
    assert.equal(take(batch, rows, 3), 3);
    assert.deepEqual([...rows], [0, 2, 3]);
  }
});
