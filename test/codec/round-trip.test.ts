import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { decodeFrame } from '../../libs/codec/decode.ts';
import { encodeBatch } from '../../libs/codec/encode.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { arbitraryBatch, assertSameBatch } from '../support/batches.ts';

function decoded(frame: Uint8Array, fields?: ReadonlySet<number>): Batch {
  const result = decodeFrame(frame, fields === undefined ? {} : { fields });
  if ('problem' in result) assert.fail(result.problem);
  return result.batch;
}

test('what is encoded decodes to the same records', () =>
  fc.assert(
    fc.property(arbitraryBatch(), fc.constantFrom(1, 3), (batch, level) => {
      assertSameBatch(decoded(encodeBatch(batch, { level })), batch);
    }),
    { numRuns: 300 },
  ));
