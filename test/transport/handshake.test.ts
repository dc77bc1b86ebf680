import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import {
  answerOf,
  encodeAnswer,
  encodeHello,
  helloOf,
  REFUSALS,
  type Answer,
  type Hello,
} from '../../libs/transport/handshake.ts';
import { encodeMessage, MESSAGE_BYTES_MAX, readMessage } from '../../libs/transport/message.ts';

const HELLO: Hello = {
  version: 1,
  program: 'ra 0.1.0',
  filter: 'tcp and port 80',
  fields: [1, 3, 8],
  name: '',
  have: [],
  token: '',
};

function contentOf(bytes: Uint8Array): ReadonlyMap<unknown, unknown> {
  const verdict = readMessage(bytes);
  assert.equal(verdict.kind, 'message');
  assert.equal(verdict.end, bytes.length);
  return verdict.content;
}

test('a hello arrives as it was said', () => {
  const hello = fc.record(
    {
      version: fc.nat(65_535),
      program: fc.string({ maxLength: 64, unit: 'binary' }),
      filter: fc.string({ maxLength: 1000 }),
      fields: fc.option(fc.array(fc.integer({ min: 1, max: 511 }), { maxLength: 512 }), { nil: undefined }),
      name: fc.stringMatching(/^[\w.:@+-]{0,128}$/),
      token: fc.string({ maxLength: 500 }),
      have: fc.array(
        fc.record(
          { origin: fc.record({ source: fc.string(), run: fc.nat() }, { noNullPrototype: true }), end: fc.nat() },
          { noNullPrototype: true },
        ),
        { maxLength: 5 },
      ),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(hello, (said) => assert.deepEqual(helloOf(contentOf(encodeHello(said))), said)),
    { seed: 5 },
  );
});

test('of what a reader has, a hello tells what was heard of last and fits, however long its sources are called', () => {
  const have = Array.from({ length: 1000 }, (_, run) => ({ origin: { source: '€'.repeat(256), run }, end: 2 ** 52 }));
  const told = helloOf(contentOf(encodeHello({ ...HELLO, filter: '€'.repeat(4096), have })));
  assert.ok('have' in told && told.have.length > 100 && told.have.length < 1000);
  assert.deepEqual(told.have, have.slice(0, told.have.length));
});

test('the largest hello fits in a message', () => {
  const fields = Array.from({ length: 512 }, () => 511);
  const have = Array.from({ length: 1000 }, (_, run) => ({
    origin: { source: 's'.repeat(64), run: 2 ** 52 + run },
    end: 2 ** 52,
  }));
  const hello = { ...HELLO, program: 'é'.repeat(64), filter: 'f'.repeat(4096), fields, have, name: 'n'.repeat(128), token: 't'.repeat(512) }; // prettier-ignore
  assert.deepEqual(helloOf(contentOf(encodeHello(hello))), hello);
});

test('an answer arrives as it was said', () => {
  const answers: Answer[] = [
    { ok: true, program: 'argus 0.1.0' },
    ...REFUSALS.map((refusal) => ({ ok: false as const, refusal, reason: `because of ${refusal}` })),
  ];
  for (const answer of answers) assert.deepEqual(answerOf(contentOf(encodeAnswer(answer))), answer);
});

test('keys of later versions are ignored', () => {
  const later = new Map<string, unknown>([...new Map(Object.entries(HELLO)), ['resume', { from: 1 }]]);
  assert.deepEqual(helloOf(contentOf(encodeMessage(later))), HELLO);
  const answer = new Map<string, unknown>([
    ['ok', false],
    ['reason', 'no'],
    ['refusal', 'later'],
  ]);
  assert.deepEqual(answerOf(answer), { ok: false, refusal: 'hello', reason: 'no' });
});

const BAD_HELLOS: readonly [name: string, change: Readonly<Record<string, unknown>>][] = [
  ['no version', { version: undefined }],
  ['a broken version', { version: 1.5 }],
  ['no program', { program: undefined }],
  ['a long program', { program: 'x'.repeat(65) }],
  ['a filter that is no text', { filter: 7 }],
  ['a filter of more than 4 KiB', { filter: 'x'.repeat(4097) }],
  ['fields that are no list', { fields: 'all' }],
  ['fields out of range', { fields: [0] }],
  ['too many fields', { fields: new Array<number>(513).fill(1) }],
];

for (const [name, change] of BAD_HELLOS)
  test(`a hello with ${name} is none`, () => {
    assert.ok('problem' in helloOf(new Map(Object.entries({ ...HELLO, ...change }))));
  });

test('a message is incomplete until its last byte', () => {
  const bytes = encodeHello(HELLO);
  for (let length = 0; length < bytes.length; length++)
    assert.equal(readMessage(bytes.subarray(0, length)).kind, 'incomplete');
});

test('other protocols and too long messages are seen from their first bytes', () => {
  assert.equal(readMessage(Buffer.from('G')).kind, 'bad');
  assert.equal(readMessage(Buffer.from('PAN')).kind, 'bad');
  const long = encodeHello(HELLO).slice(0, 8);
  new DataView(long.buffer).setUint32(4, MESSAGE_BYTES_MAX + 1);
  assert.equal(readMessage(long).kind, 'bad');
});

test('mutated messages never throw, and are at most the message that they were', () => {
  const hello = encodeHello(HELLO);
  const mutation = fc.array(fc.tuple(fc.nat(hello.length - 1), fc.nat(255)), { maxLength: 4 });
  fc.assert(
    fc.property(fc.oneof(mutation, fc.uint8Array({ maxLength: 300 })), (change) => {
      const bytes = change instanceof Uint8Array ? change : hello.slice();
      if (!(change instanceof Uint8Array)) for (const [offset, value] of change) bytes[offset] = value;
      const verdict = readMessage(bytes);
      if (verdict.kind !== 'message') return;
      assert.ok(verdict.end <= bytes.length);
      helloOf(verdict.content);
      answerOf(verdict.content);
    }),
    { numRuns: 2000, seed: 11 },
  );
});
