import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import test from 'node:test';
import { Output, OutputClosedError } from '../../../libs/cli/output.ts';
import { PrintSink } from '../../../libs/cli/output/print-sink.ts';
import { MANAGEMENT_BATCH, type Batch } from '../../../libs/record/batch.ts';
import { RecordPrinter } from '../../../libs/record/print/printer.ts';
import { recordBatch } from '../../support/records.ts';

const printer = (): RecordPrinter => new RecordPrinter([{ name: 'spkts' }], { style: 'delimited' });
const packets = (...spkts: number[]): Batch => recordBatch(spkts.map((count) => ({ spkts: count })));

function sinkOn(stream: PassThrough, headersEvery: number, management = false): PrintSink {
  return new PrintSink(printer(), new Output(stream), { headersEvery, management });
}

async function printed(headersEvery: number, ...batches: Batch[]): Promise<string> {
  const stream = new PassThrough();
  const sink = sinkOn(stream, headersEvery);
  for (const batch of batches) await sink.push(batch, undefined, batch.rows);
  await sink.end();
  return String(stream.read() ?? '')
    .replaceAll('\n', ' ')
    .trim();
}

test('headings stand where they were asked for, across batches', async () => {
  const batches = [packets(1, 2), packets(3), packets(4, 5)];
  assert.equal(await printed(0, ...batches), 'SrcPkts 1 2 3 4 5');
  assert.equal(await printed(-1, ...batches), '1 2 3 4 5');
  assert.equal(await printed(2, ...batches), 'SrcPkts 1 2 SrcPkts 3 4 SrcPkts 5');
  assert.equal(await printed(1, packets(1, 2)), 'SrcPkts 1 SrcPkts 2');
});

test('without records there are no headings', async () => {
  assert.equal(await printed(0), '');
  assert.equal(await printed(0, recordBatch([{ cause: 1 }], MANAGEMENT_BATCH)), '');
});

test('percentages are printed when all records have been counted, in the order in which these came', async () => {
  const stream = new PassThrough();
  const sink = new PrintSink(
    new RecordPrinter([{ name: 'spkts' }], { style: 'delimited', percents: true, precision: 0 }),
    new Output(stream),
    { headersEvery: 0 },
  );
  await sink.push(packets(10, 99, 20), Uint32Array.of(0, 2), 2);
  await sink.push(packets(70), undefined, 1);
  assert.equal(stream.readableLength, 0);
  await sink.end();
  assert.equal(String(stream.read()), 'pSrcPkts\n10\n20\n70\n');
});

test('records leave while no more come', async () => {
  const stream = new PassThrough();
  const sink = sinkOn(stream, -1);
  await sink.push(packets(7), undefined, 1);
  if (stream.readableLength === 0) await once(stream, 'readable');
  assert.equal(String(stream.read()), '7\n');
  await sink.end();
});

test('a reader that stands still holds the printing up', async () => {
  const stream = new PassThrough({ highWaterMark: 1 });
  const sink = sinkOn(stream, -1);
  let waits: Promise<void> | undefined;
  for (let i = 0; i < 100 && waits === undefined; i++) {
    waits = sink.push(packets(7), undefined, 1);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.ok(waits !== undefined);
  stream.resume();
  await waits;
  await sink.end();
});

test('a reader that is gone is noticed at the next record', async () => {
  const stream = new PassThrough();
  const sink = sinkOn(stream, -1);
  await sink.push(packets(7), undefined, 1);
  stream.destroy(Object.assign(new Error('gone'), { code: 'EPIPE' }));
  await new Promise((resolve) => stream.once('close', resolve));
  await assert.rejects(async () => {
    for (;;) {
      await sink.push(packets(7), undefined, 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }, OutputClosedError);
});

/** A descriptor, as standard output is: it has what was written when it says so, and not before. */
function descriptor(isSlow: boolean): { stream: Writable; text: () => string } {
  const parts: Buffer[] = [];
  const write = (chunk: Buffer, _encoding: string, done: () => void): void => {
    const take = (): void => {
      parts.push(Buffer.from(chunk));
      done();
    };
    if (isSlow) setImmediate(take);
    else take();
  };
  return {
    stream: Object.assign(new Writable({ write }), { fd: 1 }),
    text: () => Buffer.concat(parts).toString(),
  };
}

for (const isSlow of [false, true]) {
  test(`many records are all written, where writing ${isSlow ? 'takes its time' : 'is done at once'}`, async () => {
    const { stream, text } = descriptor(isSlow);
    const output = new Output(stream);
    const sink = new PrintSink(printer(), output, { headersEvery: -1 });
    const counts = Array.from({ length: 9000 }, (_, i) => i);
    const odd = Uint32Array.from({ length: 4500 }, (_, i) => 2 * i + 1);
    await sink.push(packets(...counts), undefined, counts.length);
    await sink.push(packets(1_000_000), undefined, 1);
    await sink.push(packets(...counts), odd, odd.length);
    await sink.end();
    await output.flush();
    assert.equal(text(), [...counts, 1_000_000, ...odd].map((count) => `${count}\n`).join(''));
  });
}

test('text that was pushed may be overwritten when it is spent', async () => {
  const { stream } = descriptor(false);
  const sink = new PrintSink(printer(), new Output(stream), { headersEvery: -1 });
  await sink.pushText(Buffer.from('too little to be written at once\n'));
  assert.ok(!sink.isSpent);
  await sink.pushText(Buffer.alloc(1 << 16, '\n'));
  assert.ok(sink.isSpent);
  const slow = new PrintSink(printer(), new Output(descriptor(true).stream), { headersEvery: -1 });
  const room = slow.pushText(Buffer.alloc(1 << 16, '\n'));
  assert.ok(!slow.isSpent);
  await room;
  await slow.end();
});

test('what passes text on inside the process keeps it', () => {
  const stream = new PassThrough();
  const output = new Output(stream);
  assert.equal(output.write('text'), undefined);
  assert.ok(!output.isSpent);
});
