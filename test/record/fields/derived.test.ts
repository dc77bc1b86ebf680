import assert from 'node:assert/strict';
import test from 'node:test';
import { FIELD_NUMBERS_MAX } from '../../../libs/record/batch.ts';
import { CAUSE, EVENT, type Value } from '../../../libs/record/fields/field.ts';
import { FIELD_NAMES, fieldByName, FIELDS, isStored, type FieldName } from '../../../libs/record/fields/table.ts';
import { numberReader, reader } from '../../../libs/record/row.ts';
import { recordBatch, type RecordValues } from '../../support/records.ts';

/** The value as people see it: times its scale, rounded to nine digits after the point. */
function value(name: FieldName, record: RecordValues): Value {
  const found = reader(name)(recordBatch([record]), 0);
  return typeof found === 'number' ? Math.round(found * (FIELDS[name].scale ?? 1) * 1e9) / 1e9 : found;
}

/** 15 packets of the flow that the reference measures. */
const HTTP: RecordValues = { spkts: 10, dpkts: 5, sbytes: 852, dbytes: 1782, dur: 405_000_000 };
/** A connection with its application bytes and loss. */
const LOSSY: RecordValues = {
  spkts: 9, dpkts: 8, sbytes: 906, dbytes: 4452, sappbytes: 400, dappbytes: 4000, dur: 1_190_500_000, sretrans: 1, dretrans: 0,
  swin: 64256, dwin: 16445440, synack: 30_100_000, ackdat: 400_000,
}; // prettier-ignore
/** Times between packets of one side, milliseconds: 30.5 10 30 10 20. */
const PACED: RecordValues = {
  sidln: 5, sidlsum: 100_500_000, sidlsq: 30_500_000 ** 2 + 2 * 10_000_000 ** 2 + 30_000_000 ** 2 + 20_000_000 ** 2,
  sidlmin: 10_000_000, sidlmax: 30_500_000,
}; // prettier-ignore

const VALUES: readonly (readonly [name: FieldName, record: RecordValues, expected: Value])[] = [
  ['pkts', HTTP, 15],
  ['bytes', HTTP, 2634],
  ['rate', HTTP, 34.567901235],
  ['srate', HTTP, 22.222222222],
  ['drate', HTTP, 9.87654321],
  ['sload', HTTP, 15150.617283951],
  ['dload', HTTP, 28167.901234568],
  ['load', HTTP, 43318.518518519],
  ['smeansz', HTTP, 85.2],
  ['drate', { ...HTTP, dfirst: 100_000_000, dlast: 300_000_000 }, 20],
  ['dload', { ...HTTP, dfirst: 100_000_000, dlast: 300_000_000 }, 57040],
  ['load', { ...HTTP, dfirst: 100_000_000, dlast: 300_000_000 }, 43318.518518519],
  ['rate', { ...HTTP, spkts: 1, dpkts: 0 }, 0],
  ['load', { ...HTTP, dur: 0 }, 0],
  ['dmeansz', { ...HTTP, dpkts: 0, dbytes: 0 }, undefined],
  ['appbytes', LOSSY, 4400],
  ['pcr', LOSSY, -0.818181818],
  ['pcr', { sappbytes: 0, dappbytes: 0 }, 0],
  ['abr', LOSSY, -0.818181818],
  ['loss', LOSSY, 1],
  ['sloss', LOSSY, 1],
  ['dloss', LOSSY, 0],
  ['ploss', LOSSY, 5.555555556],
  ['sploss', LOSSY, 10],
  ['dploss', LOSSY, 0],
  ['retrans', LOSSY, 1],
  ['pretrans', LOSSY, 5.882352941],
  ['loss', { spkts: 30, dpkts: 30, slost: 3, dlost: 0 }, 3],
  ['loss', HTTP, undefined],
  ['ploss', HTTP, undefined],
  ['tf', LOSSY, 0.821201941],
  ['stf', LOSSY, 0.441501104],
  ['dtf', LOSSY, 0.898472597],
  ['tcprtt', LOSSY, 0.0305],
  ['tcprtt', { synack: 30_100_000 }, undefined],
  ['stcpmax', LOSSY, 4313558032.786885],
  ['dtcpmax', { ...LOSSY, swin: 64000, ackdat: 1_900_000 }, 16_000_000],
  ['sintpkt', PACED, 20.1],
  ['sintpktidl', PACED, 20.1],
  ['sintpktact', PACED, undefined],
  ['sintpktmin', { ...PACED, sactmin: 5_000_000 }, 5],
  ['sintpktmax', { ...PACED, sactmax: 5_000_000 }, 30.5],
  ['sjit', PACED, 9.057593499],
  ['dintpkt', PACED, undefined],
  ['svid', { svlan: 0xa064 }, 100],
  ['svpri', { svlan: 0xa064 }, 5],
  ['sdsb', { stos: 0 }, 'cs0'],
  ['sdsb', { stos: 0xb8 }, 'ef'],
  ['ddsb', { dtos: 0x2a }, 'af11'],
  ['ddsb', { dtos: 52 }, '13'],
  ['soui', { smac: '02:1a:ff:00:00:01' }, '02:1a:ff'],
  ['tcpopt', { tcpoptions: 0b1000111 }, 'Mws   T     '],
  ['tcpopt', { tcpoptions: 0b1011_1111_1111, events: EVENT.sourceEcn | EVENT.destinationEcn }, 'MwsSeETcNOSD'],
  ['senc', { sencaps: 0b1000_0000_0011 }, 'meH'],
  ['senc', { sencaps: 0b101 }, 'ev'],
  ['seq', { flowid: 2 ** 32 + 7 }, 7],
  ['trans', {}, 1],
  ['trans', { trans: 4 }, 4],
  ['srcid', {}, '192.0.2.250'],
  ['sid', {}, '192.0.2.250'],
  ['inf', {}, undefined],
  ['run', {}, 1_700_000_000_000_000],
  ['mean', HTTP, 0.405],
  ['stddev', HTTP, 0],
  ['mean', { ...HTTP, trans: 2 }, undefined],
  ['sdur', { spkts: 3, dpkts: 0, dur: 2e9 }, 2],
  ['ddur', { spkts: 3, dpkts: 0, dur: 2e9 }, undefined],
  ['sdur', { spkts: 1, dpkts: 1, dur: 2e9 }, 0],
  ['sdur', { spkts: 2, dpkts: 2, dur: 2e9 }, undefined],
  ['sdur', { spkts: 2, dpkts: 2, dur: 2e9, sfirst: 1e8, slast: 5e8 }, 0.4],
]; // prettier-ignore

for (const [name, record, expected] of VALUES) {
  test(`${name} of ${JSON.stringify(record).slice(0, 90)}`, () => assert.deepEqual(value(name, record), expected));
}

for (const [ttl, hops] of [
  [64, 0],
  [60, 4],
  [57, 7],
  [128, 0],
  [113, 15],
  [255, 0],
  [250, 5],
  [32, 0],
  [1, 0],
  [0, 0],
  [9, 7],
] as const)
  // prettier-ignore
  test(`a TTL of ${ttl} is ${hops} hops away`, () => assert.equal(value('shops', { sttl: ttl }), hops));

test('times are known to the nanosecond', () => {
  const record = { stime: 1_700_000_000_000_001, stimens: 900, dur: 2_000_000_200, spkts: 2, dpkts: 2, sfirst: 50, slast: 150, dlast: 2_000_000_200 }; // prettier-ignore
  const times = (name: FieldName): Value[] =>
    [name, `${name}ns` as FieldName].map((n) => reader(n)(recordBatch([record]), 0));
  assert.deepEqual(times('ltime'), [1_700_000_002_000_002, 100]);
  assert.deepEqual(times('sstime'), [1_700_000_000_000_001, 950]);
  assert.deepEqual(times('sltime'), [1_700_000_000_000_002, 50]);
  assert.deepEqual(times('dltime'), [1_700_000_002_000_002, 100]);
  assert.deepEqual(times('dstime'), [undefined, undefined]);
});

test('networks of addresses', () => {
  const net = (saddr: string): Value => value('snet', { saddr });
  assert.deepEqual(net('10.1.2.3'), { family: 4, lanes: [0, 0, 0xffff, 0x0a000000] });
  assert.deepEqual(net('172.16.5.5'), { family: 4, lanes: [0, 0, 0xffff, 0xac100000] });
  assert.deepEqual(net('192.0.2.77'), { family: 4, lanes: [0, 0, 0xffff, 0xc0000200] });
  assert.deepEqual(net('2001:db8:1:2:3::4'), { family: 6, lanes: [0x20010db8, 0x00010002, 0, 0] });
  assert.equal(net('02:00:00:00:00:01'), undefined);
});

test('numbers and names of fields are each given once', () => {
  const numbers = FIELD_NAMES.map((name) => FIELDS[name].number);
  assert.equal(new Set(numbers).size, numbers.length);
  assert.equal(new Set(FIELD_NAMES).size, FIELD_NAMES.length);
  for (const name of FIELD_NAMES) assert.match(name, /^[a-z]+$/);
  for (const name of FIELD_NAMES) if (isStored(FIELDS[name])) assert.ok(FIELDS[name].number < FIELD_NUMBERS_MAX, name);
});

test('every field reads, of an empty record, of a full one, and of a batch without columns', () => {
  const batch = recordBatch([{}, { ...HTTP, ...LOSSY, ...PACED, cause: CAUSE.start, etype: 0x0800, ipproto: 6, saddr: '10.0.0.1', daddr: '10.0.0.2' }]); // prettier-ignore
  for (const name of FIELD_NAMES) {
    for (const row of [0, 1]) {
      const found = reader(name)(batch, row);
      const number = numberReader(name)?.(batch, row);
      if (number !== undefined) assert.ok(Object.is(number, found ?? NaN), name);
    }
  }
  assert.equal(fieldByName('saddr'), FIELDS.saddr);
  assert.equal(fieldByName('toString'), undefined);
});

test('every name that Argus documents is known', () => {
  const names =
    'stime ltime sstime sltime dstime dltime rtime srng erng dur sdur ddur runtime idle mean stddev sum min max srcid seq ' +
    'trans rank autoid offset cause cor proto saddr daddr sport dport dir snet dnet laddr raddr lnet rnet smac dmac soui doui ' +
    'svlan dvlan svid dvid svpri dvpri smpls dmpls senc denc bssid ssid stos dtos sdsb ddsb sttl dttl shops dhops sipid dipid ' +
    'sco dco ico sas das ias inode icmpid pkts spkts dpkts bytes sbytes dbytes appbytes sappbytes dappbytes pcr abr load sload ' +
    'dload rate srate drate loss sloss dloss ploss sploss dploss retrans sretrans dretrans pretrans spretrans dpretrans nacks ' +
    'snacks dnacks solo first sgap dgap tf stf dtf sintpkt dintpkt sintpktmin sintpktmax dintpktmin dintpktmax sintpktact ' +
    'dintpktact sintpktactmin sintpktactmax dintpktactmin dintpktactmax sintpktidl dintpktidl sintpktidlmin sintpktidlmax ' +
    'dintpktidlmin dintpktidlmax sintdist dintdist sintdistact sintdistidl sjit djit sjitact djitact sjitidl djitidl jdelay ' +
    'ldelay smeansz dmeansz sminsz smaxsz dminsz dmaxsz spktsz dpktsz swin dwin stcpb dtcpb stcpmax dtcpmax tcprtt synack ' +
    'ackdat tcpopt suser duser label resp nstroke snstroke dnstroke state flgs dldur dlstime dlltime dlspkt dldpkt dspkts ' +
    'ddpkts dsbytes ddbytes bins binnum xxx tcpext sid inf';
  for (const name of names.split(' ')) assert.ok(fieldByName(name), name);
});
