import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { encodeGreeting, GREETING_BYTES, readGreeting, type GreetingVerdict } from '../../libs/transport/greeting.ts';

const START_US = 1_700_000_000_123_456;
const greeting = (source = '192.0.2.250'): Uint8Array =>
  encodeGreeting({ startUs: START_US, nowUs: START_US + 2_000_000, source });

test('the greeting is a START record of Argus 3 with our word where that has zeros', () => {
  const fields: readonly [offset: number, hex: string][] = [
    [0, '83100020'],
    [4, '00800000'],
    [8, 'e5712dcb'],
    [24, '6553f1000001e240'],
    [32, '6553f1020001e240'],
    [40, '03'],
    [108, Buffer.from('PANOPTES').toString('hex')],
    [116, '00010000'],
    [120, 'c00002fa'],
    [124, 'ffffffff'],
  ];
  const expected = Buffer.alloc(128);
  for (const [offset, hex] of fields) expected.write(hex, offset, 'hex');
  assert.equal(Buffer.from(greeting()).toString('hex'), expected.toString('hex'));
});

test('a source id is given as number or IPv4 address, another one not at all', () => {
  const CASES: readonly [source: string, id: string, status: string][] = [
    ['7', '00000007', '00400000'],
    ['10.0.0.1', '0a000001', '00800000'],
    ['probe-1', '00000000', '00000000'],
    ['1.2.3.400', '00000000', '00000000'],
    ['4294967296', '00000000', '00000000'],
  ];
  for (const [source, id, status] of CASES) {
    const bytes = Buffer.from(greeting(source));
    assert.deepEqual([bytes.toString('hex', 120, 124), bytes.toString('hex', 4, 8)], [id, status]);
  }
});

const altered = (...changes: readonly (readonly [offset: number, ...bytes: number[]])[]): Uint8Array => {
  const bytes = greeting();
  for (const [offset, ...values] of changes) bytes.set(values, offset);
  return bytes;
};

const CASES: readonly [name: string, bytes: Uint8Array, verdict: GreetingVerdict][] = [
  ['ours', greeting(), { kind: 'panoptes', major: 1, minor: 0 }],
  ['ours with more behind', Buffer.concat([greeting(), Buffer.alloc(9)]), { kind: 'panoptes', major: 1, minor: 0 }],
  ['ours of a later version', altered([116, 0, 2, 0, 3]), { kind: 'panoptes', major: 2, minor: 3 }],
  ['Argus 3', altered([108, ...new Array<number>(12).fill(0)]), { kind: 'argus', version: 3 }],
  ['Argus 5', altered([0, 0x85], [8, 0xe5, 0x71, 0x50, 0xcb]), { kind: 'argus', version: 5 }],
  ['a full Argus', Uint8Array.of(0x83, 0x82, 0, 1), { kind: 'refused', reason: 'too many readers' }],
  ['a closed Argus', Uint8Array.of(0x83, 0x81, 0, 1), { kind: 'refused', reason: 'access denied' }],
  ['a web server', Buffer.from('HTTP/1.1 400 Bad Request'), { kind: 'foreign' }],
  ['another magic', altered([8, 0xe5, 0x61, 0x7a, 0xcb]), { kind: 'foreign' }],
  ['nothing', new Uint8Array(0), { kind: 'incomplete' }],
];

for (const [name, bytes, verdict] of CASES)
  test(`a greeting: ${name}`, () => assert.deepEqual(readGreeting(bytes), verdict));

test('a greeting that has not all come is incomplete', () => {
  for (let length = 0; length < GREETING_BYTES; length++)
    assert.equal(readGreeting(greeting().subarray(0, length)).kind, 'incomplete');
});

test('any bytes give a verdict', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.tuple(fc.nat(127), fc.nat(255)).map(([offset, value]) => altered([offset, value])),
  );
  fc.assert(
    fc.property(bytes, (received) => void readGreeting(received)),
    { seed: 3 },
  );
});
