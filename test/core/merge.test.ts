import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { merge } from '../../libs/core/merge.ts';

async function* numbers(from: number, to: number): AsyncGenerator<number> {
  for (let i = from; i < to; i++) {
    if (i % 3 === 0) await Promise.resolve();
    yield i;
  }
}

/** Gives nothing, and ends when told to. */
async function* silent(signal: AbortSignal): AsyncGenerator<number> {
  if (!signal.aborted) await once(signal, 'abort');
  yield* [];
}

async function* failing(): AsyncGenerator<number> {
  yield 1;
  throw new Error('broken');
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test('everything of every source comes, in order within each', async () => {
  const got = await collect(merge([numbers(0, 50), numbers(100, 130), numbers(200, 200)], new AbortController()));
  assert.equal(got.length, 80);
  for (const [from, to] of [
    [0, 50],
    [100, 130],
  ] as const) {
    const own = got.filter((item) => item >= from && item < to);
    assert.deepEqual(
      own,
      [...Array(to - from).keys()].map((i) => i + from),
    );
  }
});

test('a silent source does not hold up the others', async () => {
  const stop = new AbortController();
  const got: number[] = [];
  for await (const item of merge([silent(stop.signal), numbers(0, 10)], stop)) if (got.push(item) === 10) break;
  assert.deepEqual(got, [...Array(10).keys()]);
});

test('whoever stops early ends the sources', async () => {
  const stop = new AbortController();
  let closed = false;
  async function* endless(): AsyncGenerator<number> {
    try {
      for (;;) yield 1;
    } finally {
      closed = true;
    }
  }
  for await (const item of merge([endless(), silent(stop.signal)], stop)) if (item === 1) break;
  assert.ok(closed);
});

test('a source is not read ahead by more than what waits', async () => {
  let made = 0;
  async function* counted(): AsyncGenerator<number> {
    for (; made < 100; made++) yield made;
  }
  let taken = 0;
  for await (const item of merge([counted()], new AbortController())) {
    taken = item + 1;
    await new Promise(setImmediate);
    assert.ok(made <= taken + 1, `${made} made when ${taken} taken`);
  }
  assert.equal(taken, 100);
});

test('a failure is the failure of the whole, after what came before it', async () => {
  const got: number[] = [];
  await assert.rejects(async () => {
    for await (const item of merge([failing()], new AbortController())) got.push(item);
  }, /broken/);
  assert.deepEqual(got, [1]);
});
