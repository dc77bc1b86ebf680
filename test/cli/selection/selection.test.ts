import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { parseModes } from '../../../libs/cli/modes.ts';
import { RecordSelection } from '../../../libs/cli/selection/selection.ts';
import { Totals } from '../../../libs/cli/output/totals.ts';
import { UsageError } from '../../../libs/core/errors.ts';
import { compileFilter } from '../../../libs/filter/compile.ts';
import { MANAGEMENT_BATCH, type Batch } from '../../../libs/record/batch.ts';
import { recordBatch } from '../../support/records.ts';

/** Records of protocols as numbered, told apart by their packets. */
const batchOfProtocols = (protocols: readonly number[], from: number): Batch =>
  recordBatch(protocols.map((ipproto, i) => ({ etype: 0x0800, ipproto, spkts: from + i })));

const management = recordBatch([{ cause: 1 }], MANAGEMENT_BATCH);

test('filter and range take, over all batches, what filtering and cutting the whole list takes', () =>
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.constantFrom(6, 17), { maxLength: 12 }), { maxLength: 8 }),
      fc.nat(12),
      fc.nat(12),
      (protocols, skip, length) => {
        const range = { first: skip + 1, last: skip + length };
        const selection = new RecordSelection({ filter: compileFilter('tcp'), range, management: undefined });
        const taken: number[] = [];
        const refused: number[] = [];
        let from = 0;
        for (const list of protocols) {
          const batch = batchOfProtocols(list, from);
          const matched = selection.match(batch);
          const refusedHere = selection.refuse(batch, matched);
          refused.push(...[...selection.refused.subarray(0, refusedHere)].map((row) => from + row)); // prettier-ignore
          const count = selection.take(batch, matched);
          taken.push(...[...selection.rows.subarray(0, count)].map((row) => from + row)); // prettier-ignore
          from += list.length;
        }
        const all = protocols.flat().map((protocol, i) => ({ protocol, i }));
        const numbers = (wanted: number): number[] =>
          all.filter(({ protocol }) => protocol === wanted).map(({ i }) => i);
        assert.deepEqual(taken, numbers(6).slice(skip, skip + length));
        assert.deepEqual(refused, numbers(17));
        assert.equal(selection.exhausted, numbers(6).length >= skip + length);
      },
    ),
    { seed: 1, numRuns: 200 },
  ));

for (const { filter, mode, shows, counted } of [
  { filter: '', mode: undefined, shows: false, counted: false },
  { filter: '', mode: true, shows: true, counted: true },
  { filter: 'man', mode: undefined, shows: true, counted: true },
  { filter: 'not tcp', mode: undefined, shows: false, counted: false },
  { filter: 'not man', mode: undefined, shows: false, counted: false },
]) {
  test(`management records with filter '${filter}' and -M man ${mode}`, () => {
    const range = { first: 1, last: 1 };
    const selection = new RecordSelection({ filter: compileFilter(filter), range, management: mode });
    assert.equal(selection.showsManagement, shows);
    selection.take(management, selection.match(management));
    assert.equal(selection.exhausted, counted);
  });
}

test('noman leaves them out altogether', () => {
  const selection = new RecordSelection({ filter: compileFilter(''), range: undefined, management: false });
  assert.equal(selection.take(management, selection.match(management)), 0);
});

test('totals count what is there, and absent values as nothing', () => {
  const totals = new Totals();
  const batch = recordBatch([{ spkts: 1, sbytes: 100, dpkts: 2, dbytes: 50 }, { spkts: 4 }, { spkts: 8, sbytes: 8 }]);
  totals.add(batch, Uint32Array.of(0, 1, 2), 2);
  totals.add(management, Uint32Array.of(0), 1);
  assert.equal(totals.line(), 'Totalrecords 3 TotalManRecords 1 TotalFarRecords 2 TotalPkts 7 TotalBytes 150');
});

test('modes', () => {
  const usual = { format: 'text', management: undefined, rmon: false, oneWay: false, payload: 'ascii' };
  const cases: readonly { words: string; means: object }[] = [
    { words: '', means: {} },
    { words: 'json man', means: { format: 'json', management: true } },
    { words: 'man xml noman', means: { format: 'xml', management: false } },
    { words: 'rmon', means: { rmon: true } },
    { words: 'uni', means: { oneWay: true } },
    { words: 'printer=ascii', means: {} },
    { words: 'printer=hex', means: { payload: 'hex' } },
    { words: 'printer=encode32', means: { payload: 'hex' } },
    { words: 'printer=encode64', means: { payload: 'base64' } },
  ];
  for (const { words, means } of cases)
    assert.deepEqual(parseModes(words.split(' ').filter((word) => word !== '')), { ...usual, ...means }, words);
});

test('modes that are none are told with what to do instead', () => {
  const cases: readonly (readonly [word: string, hint: RegExp])[] = [
    ['jason', /'json'/],
    ['nothing-like-it', /noman/],
    ['label=web', /label ~/],
    ['poll', /-M man/],
    ['dsrs=-suser', /-s /],
    ['rtime:2', /-T/],
    ['sql=x', /database/],
    ['saslmech=plain', /security\.md/],
    ['printer=hexx', /'hex'/],
  ];
  for (const [word, hint] of cases)
    assert.throws(
      () => parseModes([word]),
      (error) => error instanceof UsageError && hint.test(error.hint),
      word,
    );
});
