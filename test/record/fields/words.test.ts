import assert from 'node:assert/strict';
import test from 'node:test';
import { ENCAPSULATION, IP_OPTION } from '../../../libs/packet/headers.ts';
import { CAUSE, EVENT, TCP_STATE, type Value } from '../../../libs/record/fields/field.ts';
import { flagLetters, stateLetters } from '../../../libs/record/fields/state.ts';
import type { FieldName } from '../../../libs/record/fields/table.ts';
import { reader } from '../../../libs/record/row.ts';
import { recordBatch, type RecordValues } from '../../support/records.ts';

const value = (name: FieldName, record: RecordValues): Value => reader(name)(recordBatch([record]), 0);

const { syn, synAck, established, fin, finAck, closed, sourceReset, destinationReset } = TCP_STATE;
const tcp = (tcpstate: number, more: RecordValues = {}): RecordValues => ({ etype: 0x0800, ipproto: 6, spkts: 1, dpkts: 1, cause: CAUSE.start, tcpstate, ...more }); // prettier-ignore
const udp = (spkts: number, dpkts: number, cause: number = CAUSE.start): RecordValues => ({ etype: 0x0800, ipproto: 17, spkts, dpkts, cause }); // prettier-ignore
const icmp = (ipproto: 1 | 58, icmptype: number, icmpcode: number): RecordValues => ({ etype: 0x0800, ipproto, spkts: 1, dpkts: 0, icmptype, icmpcode }); // prettier-ignore

const STATES: readonly (readonly [record: RecordValues, state: string])[] = [
  [tcp(syn), 'REQ'],
  [tcp(syn | synAck), 'ACC'],
  [tcp(syn | synAck | established), 'CON'],
  [tcp(syn | synAck | established | fin), 'FIN'],
  [tcp(syn | synAck | established | fin | finAck | closed), 'FIN'],
  [tcp(syn | synAck | established | fin | sourceReset), 'RST'],
  [tcp(syn | destinationReset), 'RST'],
  [tcp(established | closed), 'CLO'],
  [tcp(syn | synAck | established, { cause: CAUSE.timeout }), 'TIM'],
  [tcp(0), 'CON'],
  [{ ipproto: 6, spkts: 2, dpkts: 0, cause: CAUSE.start }, 'INT'],
  [udp(1, 1), 'CON'],
  [udp(1, 0), 'INT'],
  [udp(1, 0, CAUSE.status), 'REQ'],
  [udp(1, 0, CAUSE.shutdown), 'INT'],
  [udp(0, 1), 'RSP'],
  [icmp(1, 8, 0), 'ECO'],
  [icmp(1, 0, 0), 'ECR'],
  [icmp(1, 3, 0), 'URN'],
  [icmp(1, 3, 1), 'URH'],
  [icmp(1, 3, 2), 'URO'],
  [icmp(1, 3, 3), 'URP'],
  [icmp(1, 3, 4), 'URF'],
  [icmp(1, 3, 9), 'URNPRO'],
  [icmp(1, 3, 13), 'URFIL'],
  [icmp(1, 3, 99), 'UR'],
  [icmp(1, 5, 1), 'RED'],
  [icmp(1, 11, 0), 'TXD'],
  [icmp(1, 13, 0), 'TST'],
  [icmp(1, 200, 0), 'UNK'],
  [icmp(58, 1, 0), 'URNR'],
  [icmp(58, 1, 4), 'URP'],
  [icmp(58, 1, 50), 'UNK'],
  [icmp(58, 2, 0), 'PTB'],
  [icmp(58, 3, 0), 'TXT'],
  [icmp(58, 4, 1), 'PPNH'],
  [icmp(58, 128, 0), 'ECO'],
  [icmp(58, 135, 0), 'NNS'],
  [icmp(58, 134, 0), 'NRA'],
  [icmp(58, 143, 0), 'MHR'],
  [icmp(58, 250, 0), 'UNK'],
];

for (const [record, state] of STATES) test(`state ${state} of ${JSON.stringify(record)}`, () => assert.equal(value('state', record), state)); // prettier-ignore

const DIRECTIONS: readonly (readonly [record: RecordValues, dir: string])[] = [
  [udp(1, 1), '<->'],
  [udp(1, 0), ' ->'],
  [udp(0, 1), '<- '],
  [udp(0, 0), ' - '],
  [tcp(syn | synAck | established), ' ->'],
  [tcp(syn, { dpkts: 0 }), ' ->'],
  [tcp(synAck, { spkts: 0 }), ' ->'],
  [tcp(established), '<?>'],
  [tcp(established, { dpkts: 0 }), ' ?>'],
  [tcp(established, { spkts: 0 }), '<? '],
  [{ ipproto: 6, spkts: 2, dpkts: 0 }, ' ->'],
  [{ etype: 0x0806, spkts: 1, dpkts: 1 }, 'who'],
  [{ etype: 0x8035, spkts: 1, dpkts: 0 }, 'who'],
];

for (const [record, dir] of DIRECTIONS) test(`dir '${dir}' of ${JSON.stringify(record)}`, () => assert.equal(value('dir', record), dir)); // prettier-ignore

const { ethernet, vlan, mpls } = ENCAPSULATION;
const FLAGS: readonly (readonly [record: RecordValues, flags: string])[] = [
  [{}, '         '],
  [{ sencaps: ethernet, dencaps: ethernet }, ' e       '],
  [{ sencaps: ethernet | vlan }, ' *       '],
  [{ sencaps: ethernet, dencaps: mpls }, ' *       '],
  [{ sencaps: ethernet, events: EVENT.severalMacPairs }, ' M       '],
  [{ sencaps: ENCAPSULATION.linuxCooked, events: EVENT.timeAdjusted }, 'TS       '],
  [{ events: EVENT.icmpUnreachable | EVENT.icmpOther }, '  U      '],
  [{ events: EVENT.icmpRedirect }, '  R      '],
  [{ events: EVENT.icmpTimeExceeded }, '  T      '],
  [{ events: EVENT.icmpOther }, '  I      '],
  [{ sretrans: 1, dretrans: 0 }, '   s     '],
  [{ sretrans: 0, dretrans: 2 }, '   d     '],
  [{ slost: 1, dlost: 1 }, '   *     '],
  [{ sretrans: 1, dretrans: 0, sgap: 500, dgap: 0 }, '   s     '],
  [{ sgap: 500, events: EVENT.sourceOutOfOrder }, '   g     '],
  [{ sencaps: ethernet | vlan, events: EVENT.severalMacPairs }, ' M       '],
  [{ events: EVENT.destinationOutOfOrder }, '   r     '],
  [{ events: EVENT.sourceOutOfOrder | EVENT.destinationOutOfOrder }, '   &     '],
  [{ events: EVENT.sourceZeroWindow }, '    S    '],
  [{ events: EVENT.sourceZeroWindow | EVENT.destinationZeroWindow }, '    @    '],
  [{ events: EVENT.sourceEcn | EVENT.destinationEcn }, '     E   '],
  [{ events: EVENT.destinationEcn }, '     t   '],
  [{ events: EVENT.fragments }, '      F  '],
  [{ events: EVENT.laterFragmentsOnly }, '      f  '],
  [{ events: EVENT.fragments | EVENT.fragmentOverlap }, '      V  '],
  [{ ipoptions: IP_OPTION.recordRoute }, '       R '],
  [{ ipoptions: IP_OPTION.security }, '       + '],
  [{ ipoptions: IP_OPTION.looseSourceRoute | IP_OPTION.timestamp }, '       O '],
  [{ ipoptions: IP_OPTION.unknown }, '       U '],
];

for (const [record, flags] of FLAGS) test(`flgs '${flags}' of ${JSON.stringify(record)}`, () => assert.equal(value('flgs', record), flags)); // prettier-ignore

const PROTOCOLS: readonly (readonly [record: RecordValues, proto: string | undefined])[] = [
  [{ etype: 0x0800, ipproto: 6 }, 'tcp'],
  [{ etype: 0x0800, ipproto: 17, events: EVENT.rtp, sport: 16384 }, 'rtp'],
  [{ etype: 0x0800, ipproto: 17, events: EVENT.rtp }, 'udp'],
  [{ etype: 0x0800, ipproto: 17, events: EVENT.rtcp, sport: 16385 }, 'rtcp'],
  [{ etype: 0x86dd, ipproto: 58 }, 'ipv6-icmp'],
  [{ etype: 0x0806 }, 'arp'],
  [{ etype: 0x88cc }, 'lldp'],
  [{ etype: 0x1234 }, 'unknown'],
  [{ etype: 0, sport: 0x42 }, 'llc'],
  [{ etype: 0 }, 'unknown'],
  [{}, undefined],
];

for (const [record, proto] of PROTOCOLS) test(`proto ${String(proto)} of ${JSON.stringify(record)}`, () => assert.equal(value('proto', record), proto)); // prettier-ignore

test('TCP states and flags have letters', () => {
  assert.equal(stateLetters(syn | synAck | established | fin | finAck | closed), 'sSEfF');
  assert.equal(stateLetters(synAck | established | fin | closed), 'SEfC');
  assert.equal(stateLetters(syn | destinationReset), 'sR');
  assert.equal(stateLetters(syn | synAck | established | sourceReset), 'sSER');
  assert.equal(stateLetters(0), '');
  assert.equal(flagLetters(0x1b), 'FSPA');
  assert.equal(flagLetters(0xff), 'FSRPAU78');
  assert.equal(flagLetters(0), '');
});

/** From the specification's own list, seed 0. */
const COMMUNITY_IDS: readonly (readonly [record: RecordValues, cid: string | undefined])[] = [
  [
    { saddr: '128.232.110.120', daddr: '66.35.250.204', ipproto: 6, sport: 34855, dport: 80 },
    '1:LQU9qZlK+B5F3KDmev6m5PMibrg=',
  ],
  [
    { saddr: '66.35.250.204', daddr: '128.232.110.120', ipproto: 6, sport: 80, dport: 34855 },
    '1:LQU9qZlK+B5F3KDmev6m5PMibrg=',
  ],
  [{ saddr: '192.168.1.52', daddr: '8.8.8.8', ipproto: 17, sport: 54585, dport: 53 }, '1:d/FP5EW3wiY1vCndhwleRRKHowQ='],
  [
    { saddr: '192.168.0.89', daddr: '192.168.0.1', ipproto: 1, icmptype: 8, icmpcode: 0, spkts: 1 },
    '1:X0snYXpgwiv9TZtqg64sgzUn6Dk=',
  ],
  [
    { saddr: '192.168.0.89', daddr: '192.168.0.1', ipproto: 1, icmptype: 0, icmpcode: 0, spkts: 0 },
    '1:X0snYXpgwiv9TZtqg64sgzUn6Dk=',
  ],
  [
    { saddr: '192.168.170.8', daddr: '192.168.170.56', ipproto: 132, sport: 7, dport: 80 },
    '1:jQgCxbku+pNGw8WPbEc/TS/uTpQ=',
  ],
  [
    {
      saddr: 'fe80::200:86ff:fe05:80da',
      daddr: 'fe80::260:97ff:fe07:69ea',
      ipproto: 58,
      icmptype: 135,
      icmpcode: 0,
      spkts: 1,
    },
    '1:dGHyGvjMfljg6Bppwm3bg0LO8TY=',
  ],
  [{ saddr: '02:00:00:00:00:01', daddr: '02:00:00:00:00:02', ipproto: 6, sport: 1, dport: 2 }, undefined],
  [{ saddr: '192.0.2.1', daddr: '192.0.2.2', etype: 0x0806 }, undefined],
];

for (const [record, cid] of COMMUNITY_IDS) test(`Community ID ${String(cid)}`, () => assert.equal(value('cid', record), cid)); // prettier-ignore
