import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CAUSE, EVENT, TCP_STATE } from '../../libs/record/fields/field.ts';
import { LATER_FRAGMENT, FIRST_FRAGMENT } from '../../libs/packet/headers.ts';
import { connection, FlowLab, ipv4, type PlainRecord } from '../support/flow-lab.ts';

const pick = (record: PlainRecord | undefined, ...names: string[]): unknown[] => names.map((name) => record?.[name]);

function handshake(lab: FlowLab, start = 0, isn = 1000, port = 40_000) {
  const c = connection(lab, '10.0.0.1', '10.0.0.2', port);
  c.forth(start, { flags: 'S', seq: isn, scale: 7 });
  c.back(start + 0.02, { flags: 'SA', seq: 5000, ack: isn + 1, scale: 8 });
  c.forth(start + 0.021, { flags: 'A', seq: isn + 1, ack: 5001, window: 502 });
  return c;
}

function finish(c: ReturnType<typeof connection>, start: number, seq = 1001, ack = 5001): void {
  c.forth(start, { flags: 'FA', seq, ack });
  c.back(start + 0.01, { flags: 'FA', seq: ack, ack: seq + 1 });
  c.forth(start + 0.02, { flags: 'A', seq: seq + 1, ack: ack + 1 });
}

test('a closed connection is reported within a tick of its close', () => {
  const lab = new FlowLab();
  finish(handshake(lab), 0.1);
  lab.clock(0.12 + 0.021);
  assert.equal(lab.records.length, 1);
  const [record] = lab.records;
  assert.deepEqual(pick(record, 'cause', 'spkts', 'dpkts', 'saddr', 'sport'), [CAUSE.close, 4, 2, '10.0.0.1', 40_000]);
  assert.deepEqual(pick(record, 'synack', 'ackdat', 'stcpb', 'dtcpb'), [20_000_000, 1_000_000, 1000, 5000]);
  assert.equal(Number(record?.['tcpstate']) & TCP_STATE.closed, TCP_STATE.closed);
});

test('late packets of a closed connection make one more record of the same flow', () => {
  const lab = new FlowLab();
  const c = handshake(lab);
  finish(c, 0.1);
  lab.clock(1);
  c.back(2, { flags: 'A', seq: 5002, ack: 1002 });
  c.back(9, { flags: 'A', seq: 5002, ack: 1002 });
  lab.clock(12);
  assert.deepEqual(
    lab.records.map((r) => pick(r, 'flowid', 'cause', 'spkts', 'dpkts')),
    [
      [1, CAUSE.close, 4, 2],
      [1, CAUSE.close, 0, 2],
    ],
  );
  assert.equal(lab.table.flows, 0);
});

test('a SYN with a new number on a closed pair of ports is a new flow at once', () => {
  for (const pause of [0.001, 2, 8]) {
    const lab = new FlowLab();
    finish(handshake(lab), 0.1);
    finish(handshake(lab, 0.12 + pause, 900_000), 0.3 + pause, 900_001);
    const records = lab.end();
    assert.deepEqual(
      records.map((r) => pick(r, 'flowid', 'cause', 'spkts', 'dpkts', 'stcpb')),
      [
        [1, CAUSE.close, 4, 2, 1000],
        [2, CAUSE.close, 4, 2, 900_000],
      ],
      `pause ${pause}`,
    );
  }
});

test('a repeated SYN belongs to its connection', () => {
  const lab = new FlowLab();
  const c = connection(lab);
  c.forth(0, { flags: 'S', seq: 7 }).at(1, {
    from: '10.0.0.1',
    to: '10.0.0.2',
    sport: 40_000,
    dport: 80,
    flags: 'S',
    seq: 7,
  });
  const [record] = lab.end();
  assert.deepEqual(pick(record, 'spkts', 'sretrans', 'tcpstate'), [2, 1, TCP_STATE.syn]);
});

test('a refused connection is reset and reported', () => {
  const lab = new FlowLab();
  const c = connection(lab);
  c.forth(0, { flags: 'S', seq: 7 });
  c.back(0.01, { flags: 'RA', seq: 0, ack: 8 });
  lab.clock(0.1);
  assert.deepEqual(pick(lab.records[0], 'cause', 'tcpstate'), [
    CAUSE.close,
    TCP_STATE.syn | TCP_STATE.destinationReset,
  ]);
});

test('a reset far outside the window does not close', () => {
  const lab = new FlowLab();
  const c = handshake(lab);
  c.forth(0.1, { flags: 'R', seq: 400_000_000 });
  lab.clock(1);
  assert.equal(lab.records.length, 0);
});

test('whoever sent the SYN is the initiator', () => {
  const cases: { name: string; first: 'forth' | 'back'; flags: string }[] = [
    { name: 'SYN first', first: 'forth', flags: 'S' },
    { name: 'SYN-ACK first', first: 'back', flags: 'SA' },
  ];
  for (const { name, first, flags } of cases) {
    const lab = new FlowLab();
    connection(lab)[first](0, { flags, seq: 1, ack: 1 });
    assert.deepEqual(pick(lab.end()[0], 'saddr', 'daddr'), ['10.0.0.1', '10.0.0.2'], name);
  }
  const lab = new FlowLab();
  const c = connection(lab);
  c.back(0, { flags: 'A', seq: 5001, ack: 1001, payload: 10, ttl: 50 });
  c.forth(0.1, { flags: 'S', seq: 1000, ttl: 64 });
  const [record] = lab.end();
  assert.deepEqual(pick(record, 'saddr', 'spkts', 'dpkts', 'dbytes', 'sttl', 'dttl'), ['10.0.0.1', 1, 1, 64, 64, 50]);
});

test('without a SYN whoever speaks first is the initiator', () => {
  const lab = new FlowLab();
  connection(lab).back(0, { flags: 'A', seq: 1, ack: 1 });
  assert.deepEqual(pick(lab.end()[0], 'saddr', 'sport'), ['10.0.0.2', 80]);
});

test('a long flow gives Start, Status, and Timeout measured from its last packet', () => {
  const lab = new FlowLab();
  const u = connection(lab, '10.0.0.1', '10.0.0.2', 5000, 53_000);
  for (let second = 0; second <= 11; second++) u.forth(second, { payload: 10 });
  lab.clock(16);
  assert.deepEqual(
    lab.records.map((r) => pick(r, 'cause', 'spkts', 'dur')),
    [
      [CAUSE.start, 5, 4e9],
      [CAUSE.status, 5, 4e9],
      [CAUSE.status, 2, 1e9],
    ],
  );
  lab.clock(40.9);
  assert.equal(lab.table.flows, 1);
  lab.clock(41.1);
  assert.equal(lab.table.flows, 0);
  assert.equal(lab.records.length, 3);
});

test('the first record of a flow says Start, also when the flow is over by then', () => {
  const lab = new FlowLab({ statusUs: 60e6 });
  connection(lab, '10.0.0.1', '10.0.0.2', 5000, 53_000).forth(0, {});
  for (const second of [0, 31, 59]) connection(lab, '10.0.0.5').forth(second, { flags: 'A' });
  lab.clock(130);
  assert.deepEqual(
    lab.records.map((r) => pick(r, 'saddr', 'cause', 'spkts')),
    [
      ['10.0.0.1', CAUSE.start, 1],
      ['10.0.0.5', CAUSE.start, 3],
    ],
  );
});

test('an end record tells that a flow fell silent after a status record', () => {
  const lab = new FlowLab({ endRecords: true });
  connection(lab).forth(0, { payload: 1 });
  lab.clock(60);
  assert.deepEqual(
    lab.records.map((r) => pick(r, 'cause', 'spkts', 'dpkts', 'sbytes')),
    [
      [CAUSE.start, 1, 0, 55],
      [CAUSE.timeout, 0, 0, 0],
    ],
  );
});

test('after its time-out the same addresses and ports are a new flow', () => {
  const lab = new FlowLab();
  const u = connection(lab, '10.0.0.1', '10.0.0.2', 5000, 53_000);
  u.forth(0, {});
  u.forth(29, {});
  u.forth(60, {});
  assert.deepEqual(
    lab.end().map((r) => r['flowid']),
    [1, 1, 2],
  );
});

test('a full table makes room by reporting the flow that is idle longest', () => {
  const lab = new FlowLab({ flowsMax: 3 });
  for (const [second, port] of [
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 1],
    [4, 4],
  ] as const) {
    connection(lab, '10.0.0.1', '10.0.0.2', port).forth(second, {});
  }
  lab.clock(4.01);
  assert.deepEqual(
    lab.records.map((r) => pick(r, 'sport', 'cause')),
    [[2, CAUSE.stop]],
  );
  assert.equal(lab.table.counters.evicted, 1);
  const packets = lab.end().reduce((sum, r) => sum + Number(r['spkts']), 0);
  assert.equal(packets, 5);
});

test('a clock that is set back far ends records, and flows are silent by the new one', () => {
  const lab = new FlowLab();
  const u = connection(lab, '10.0.0.1', '10.0.0.2', 5000, 53_000);
  const other = connection(lab, '10.0.0.3', '10.0.0.4', 5000, 53_000);
  other.forth(86_400, {});
  u.forth(86_400, {}).clock(86_402);
  u.forth(1, {});
  u.forth(2, {}).clock(35);
  assert.equal(lab.table.flows, 0);
  assert.deepEqual(
    lab.records.map((r) => pick(r, 'flowid', 'cause', 'spkts', 'dur')),
    [
      [1, CAUSE.start, 1, 0],
      [2, CAUSE.start, 1, 0],
      [2, CAUSE.status, 2, 1e9],
    ],
  );
});

test('a clock that is set back again and again does not keep flows that have ended', () => {
  const lab = new FlowLab({ flowsMax: 100_000 });
  for (let i = 0; i < 5000; i++) connection(lab, '10.0.0.1', '10.0.0.2', 1024 + i, 53_000).forth(-150 * i, {});
  assert.ok(lab.table.flows < 5);
  assert.equal(lab.end().length, 5000);
});

test('packets in disorder keep first, last and counts right', () => {
  const lab = new FlowLab();
  const u = connection(lab, '10.0.0.1', '10.0.0.2', 5000, 53_000);
  u.forth(1, {}).at(0.5, { from: '10.0.0.2', to: '10.0.0.1', sport: 53_000, dport: 5000 });
  u.forth(0.75, {});
  const [record] = lab.end();
  assert.deepEqual(pick(record, 'stime', 'dur', 'spkts', 'dpkts'), [1_700_000_000_500_000, 0.5e9, 2, 1]);
});

test('a clock that jumps years forth and back loses nothing', () => {
  const lab = new FlowLab();
  const year = 365 * 86_400;
  const u = connection(lab, '10.0.0.1', '10.0.0.2', 5000, 53_000);
  for (const second of [0, 1, 20 * year, 20 * year + 1, 5, 6, 7]) u.forth(second, {});
  assert.equal(
    lab.end().reduce((sum, r) => sum + Number(r['spkts']), 0),
    7,
  );
  assert.equal(lab.table.flows, 0);
});

test('the type of an IGMP message is in its record', () => {
  const lab = new FlowLab();
  lab.at(0, { from: '10.0.0.1', to: '224.0.0.22', protocol: 2, with: (h) => void (h.icmpType = 0x22) });
  assert.deepEqual(
    lab.end().map((r) => pick(r, 'ipproto', 'icmptype')),
    [[2, 0x22]],
  );
});

test('echo request and answer are one flow for each sequence number; an answer alone keeps the asker as source', () => {
  const lab = new FlowLab();
  const ping = (second: number, from: string, to: string, type: number, sequence: number) =>
    lab.at(second, {
      from,
      to,
      protocol: 1,
      with: (h) => {
        h.icmpType = type;
        h.icmpId = 77;
        h.icmpSequence = sequence;
      },
    });
  ping(0, '10.0.0.1', '10.0.0.2', 8, 1);
  ping(0.1, '10.0.0.2', '10.0.0.1', 0, 1);
  ping(1, '10.0.0.1', '10.0.0.2', 8, 2);
  ping(2, '10.0.0.2', '10.0.0.1', 0, 3);
  const records = lab.end().sort((a, b) => Number(a['flowid']) - Number(b['flowid']));
  assert.deepEqual(
    records.map((r) => pick(r, 'saddr', 'icmptype', 'icmpid', 'icmpseq', 'spkts', 'dpkts')),
    [
      ['10.0.0.1', 8, 77, 1, 1, 1],
      ['10.0.0.1', 8, 77, 2, 1, 0],
      ['10.0.0.1', 0, 77, 3, 0, 1],
    ],
  );
});

test('an ICMP error counts in its own record and marks the flow that it quotes', () => {
  const lab = new FlowLab();
  lab.at(0, { from: '10.0.0.1', to: '10.0.0.2', sport: 5000, dport: 33_434 });
  lab.at(0.1, {
    from: '10.9.9.9',
    to: '10.0.0.1',
    protocol: 1,
    with: (h) => {
      h.icmpType = 3;
      h.icmpCode = 3;
      h.icmpId = 33_434;
      const q = h.quoted;
      q.present = q.hasPorts = true;
      q.addressKind = 4;
      q.source2 = q.destination2 = 0xffff;
      q.source3 = ipv4('10.0.0.1');
      q.destination3 = ipv4('10.0.0.2');
      q.protocol = 17;
      q.sourcePort = 5000;
      q.destinationPort = 33_434;
    },
  });
  const [flow, error] = lab.end().sort((a, b) => Number(a['flowid']) - Number(b['flowid']));
  assert.deepEqual(pick(flow, 'spkts', 'dpkts', 'events', 'inode'), [1, 0, EVENT.icmpUnreachable, '10.9.9.9']);
  assert.deepEqual(pick(error, 'spkts', 'icmptype', 'icmpcode', 'icmpid'), [1, 3, 3, 33_434]);
});

test('fragments count in the flow of their first one, whichever comes first', () => {
  const fragment = (offset: number) => ({
    from: '10.0.0.1',
    to: '10.0.0.2',
    protocol: 17,
    wire: 1000 + offset,
    ...(offset === 0 ? { sport: 5000, dport: 2049 } : {}),
    with: (h: { fragment: number; fragmentId: number }) => {
      h.fragment = offset === 0 ? FIRST_FRAGMENT : LATER_FRAGMENT;
      h.fragmentId = 99;
    },
  });
  for (const order of [
    [0, 1, 2],
    [2, 0, 1],
    [1, 2, 0],
  ]) {
    const lab = new FlowLab();
    order.forEach((offset, i) => lab.at(i / 10, fragment(offset)));
    const records = lab.end();
    assert.deepEqual(
      records.map((r) => pick(r, 'sport', 'dport', 'spkts', 'sbytes', 'events', 'dur')),
      [[5000, 2049, 3, 3003, EVENT.fragments, 0.2e9]],
      order.join(),
    );
  }
  const orphans = new FlowLab();
  orphans.at(0, fragment(1)).at(0.1, fragment(2));
  assert.deepEqual(
    orphans.end().map((r) => pick(r, 'sport', 'spkts', 'events')),
    [[undefined, 2, EVENT.fragments | EVENT.laterFragmentsOnly]],
  );
});

test('DNS: each transaction is a flow of its own', () => {
  const lab = new FlowLab();
  for (const id of [1, 2]) {
    const dns = { with: (h: { dnsId: number }) => void (h.dnsId = id) };
    const c = connection(lab, '10.0.0.1', '10.0.0.53', 50_000, 53);
    c.forth(id, dns);
    c.back(id + 0.01, dns);
  }
  assert.deepEqual(
    lab.end().map((r) => pick(r, 'dnsid', 'spkts', 'dpkts')),
    [
      [1, 1, 1],
      [2, 1, 1],
    ],
  );
});
