import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APP } from '../../libs/app/found-app.ts';
import { compileFilter } from '../../libs/filter/compile.ts';
import { TUNNEL } from '../../libs/packet/tunnel.ts';
import { CAUSE } from '../../libs/record/fields/field.ts';
import { batchOf } from './rows.ts';

const ROWS = [
  { app: APP.tls, cause: CAUSE.close },
  { app: APP.dns, tunkind: TUNNEL.gre },
  { tunkind: TUNNEL.vxlan, cause: CAUSE.timeout },
];
const BATCH = batchOf(ROWS);

function selected(filter: string): number[] {
  const rows = Uint32Array.from(ROWS.keys());
  return [...rows.subarray(0, compileFilter(filter).select(BATCH, rows, rows.length))];
}

const CASES: readonly (readonly [filter: string, rows: readonly number[]])[] = [
  ['app tls', [0]],
  ['app eq DNS', [1]],
  ['app != tls', [1]],
  ['app 1', [0]],
  ['tunkind gre or tunkind vxlan', [1, 2]],
  ['cause close', [0]],
];

for (const [filter, rows] of CASES) test(`filter: ${filter}`, () => assert.deepEqual(selected(filter), rows));

test('filter: a code that does not exist is told with the nearest one', () => {
  assert.throws(() => compileFilter('app tsl'), /'tsl' is no value of 'app'/);
});

test('filter: what is no Community ID is told, and what one looks like', () => {
  for (const wrong of ['1:x', 'LQU9qZlK+B5F3KDmev6m5PMibrg=', '2:LQU9qZlK+B5F3KDmev6m5PMibrg='])
    assert.throws(() => compileFilter(`cid "${wrong}"`), { hint: 'Such is "1:LQU9qZlK+B5F3KDmev6m5PMibrg=".' });
  assert.doesNotThrow(() => compileFilter('cid ~ "^1:LQ"'));
});
