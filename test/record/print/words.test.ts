import assert from 'node:assert/strict';
import test from 'node:test';
import { blankWords, copyWords, viewOf } from '../../../libs/record/print/words.ts';

const bytes = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, i) => 0x30 + i);

for (let count = 0; count <= 13; count++)
  test(`${count} bytes are copied and blanked, and none beside them`, () => {
    const from = bytes(20);
    const to = new Uint8Array(20);
    copyWords(viewOf(to), 3, viewOf(from), 5, count);
    const copied = new Uint8Array(20);
    copied.set(from.subarray(5, 5 + count), 3);
    assert.deepEqual(to, copied);
    blankWords(viewOf(to), 3, count);
    assert.deepEqual(to, copied.fill(0x20, 3, 3 + count));
  });
