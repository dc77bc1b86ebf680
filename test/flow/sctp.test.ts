import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCTP_CHUNK } from '../../libs/flow/sctp.ts';
import { CAUSE } from '../../libs/record/fields/field.ts';
import { stateText } from '../../libs/record/fields/state.ts';
import { FlowLab, type PlainRecord } from '../support/flow-lab.ts';

type ChunkName = keyof typeof SCTP_CHUNK;

/** Sends packets with these chunks: `>init` from the client, `<initAck` from the server, one a tenth of a second. */
function exchangeOf(lab: FlowLab, startSeconds: number, ...packets: string[]): FlowLab {
  packets.forEach((packet, index) => {
    const chunk = SCTP_CHUNK[packet.slice(1) as ChunkName];
    const [from, to, sport, dport] = packet.startsWith('>')
      ? (['10.0.0.1', '10.0.0.2', 40_000, 2905] as const)
      : (['10.0.0.2', '10.0.0.1', 2905, 40_000] as const);
    const setChunk = (h: { sctpChunks: number }): void => {
      h.sctpChunks = chunk;
    };
    lab.at(startSeconds + index / 10, { from, to, sport, dport, protocol: 132, with: setChunk });
  });
  return lab;
}

function state(record: PlainRecord | undefined): string {
  const number = (name: string): number | undefined => record?.[name] as number | undefined;
  return stateText(number('spkts')!, number('dpkts')!, number('cause'), 132, undefined, undefined, undefined, number('sctpstate')); // prettier-ignore
}

const HANDSHAKE = ['>init', '<initAck', '>cookieEcho', '<cookieAck'];
const CLOSE = ['>shutdown', '<shutdownAck', '>shutdownComplete'];

const STATES: readonly (readonly [packets: readonly string[], state: string])[] = [
  [['>init'], 'REQ'],
  [['>init', '<initAck'], 'ACC'],
  [HANDSHAKE, 'CON'],
  [['>data'], 'CON'],
  [[...HANDSHAKE, '>shutdown'], 'FIN'],
  [[...HANDSHAKE, ...CLOSE], 'CLO'],
  [['>init', '<abort'], 'RST'],
];

for (const [packets, expected] of STATES) {
  test(`the state after ${packets.join(' ')} is ${expected}`, () => {
    const [record] = exchangeOf(new FlowLab(), 0, ...packets).end();
    assert.deepEqual([state(record), record?.['saddr']], [expected, '10.0.0.1']);
  });
}

test('whoever is sent an INIT-ACK is the initiator', () => {
  const [record] = exchangeOf(new FlowLab(), 0, '<initAck').end();
  assert.deepEqual([record?.['saddr'], record?.['spkts'], record?.['dpkts']], ['10.0.0.1', 0, 1]);
});

test('an INIT turns round a flow that was taken for the wrong way', () => {
  const [record] = exchangeOf(new FlowLab(), 0, '<data', '>init').end();
  assert.deepEqual([record?.['saddr'], record?.['spkts'], record?.['dpkts']], ['10.0.0.1', 1, 1]);
});

test('an association is reported within a tick of its close, and late packets belong to it', () => {
  const lab = exchangeOf(new FlowLab(), 0, ...HANDSHAKE, ...CLOSE).clock(0.63);
  assert.equal(lab.records.length, 1);
  assert.equal(lab.records[0]?.['cause'], CAUSE.close);
  exchangeOf(lab, 2, '<shutdownAck').clock(13);
  assert.deepEqual(
    lab.records.map((record) => [record['flowid'], record['cause'], record['spkts'], record['dpkts']]),
    [
      [1, CAUSE.close, 4, 3],
      [1, CAUSE.close, 0, 1],
    ],
  );
  assert.equal(lab.table.flows, 0);
});

test('an INIT after the end is a new flow at once', () => {
  const lab = exchangeOf(new FlowLab(), 0, '>init', '<abort', '>init', '<initAck');
  assert.deepEqual(
    lab.end().map((record) => [record['flowid'], state(record)]),
    [
      [1, 'RST'],
      [2, 'ACC'],
    ],
  );
});
