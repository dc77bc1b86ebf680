import assert from 'node:assert/strict';
import test from 'node:test';
import { Loans } from '../../apps/argus/loans.ts';

test('a batch is given back when the last of its borrowers is done with it, in the order of batches', () => {
  const file = { pushed: 0, settled: 0 };
  const server = { pushed: 100, settled: 100 }; // has positions of its own, and makes several of a batch
  const loans = new Loans([file, server]);
  const returned: number[] = [];
  const lend = (batch: number): void => {
    file.pushed += 1;
    server.pushed += 3;
    loans.add(() => returned.push(batch));
  };
  const settle = (ofFile: number, ofServer: number): number[] => {
    [file.settled, server.settled] = [ofFile, ofServer];
    loans.settle();
    return returned;
  };
  for (const batch of [1, 2, 3]) lend(batch);
  assert.deepEqual(settle(0, 100), []);
  assert.deepEqual(settle(3, 102), []);
  assert.deepEqual(settle(3, 103), [1]);
  lend(4);
  assert.deepEqual(settle(3, 112), [1, 2, 3]);
  assert.deepEqual(settle(4, 112), [1, 2, 3, 4]);
});

test('what nobody keeps is given back at once', () => {
  const loans = new Loans([]);
  let returned = 0;
  loans.add(() => (returned += 1));
  loans.settle();
  assert.equal(returned, 1);
});
