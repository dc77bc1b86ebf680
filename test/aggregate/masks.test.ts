import assert from 'node:assert/strict';
import test from 'node:test';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import type { FieldName } from '../../libs/record/fields/table.ts';
import type { RecordValues } from '../support/records.ts';
import { cluster, clusterBatches, lines, tcp, type ClusterSettings } from './lab.ts';

const FIELDS: readonly FieldName[] = ['saddr', 'smask', 'daddr', 'dmask'];

interface Case {
  readonly name: string;
  readonly records: readonly RecordValues[];
  readonly settings?: ClusterSettings;
  readonly expected: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: 'networks of the key have its masks, also those of one record',
    records: [tcp(), tcp({ saddr: '10.0.7.1' }), tcp({ saddr: '10.9.7.1' })],
    settings: { key: ['saddr/16', 'daddr/24'] },
    expected: ['10.0.0.0 16 10.0.0.0 24', '10.9.0.0 16 10.0.0.0 24'],
  },
  {
    name: 'a mask as long as the address is none',
    records: [tcp()],
    settings: { key: ['saddr/32', 'daddr/64'] },
    expected: ['10.0.0.1 - 10.0.0.2 -'],
  },
  {
    name: 'of a mask with holes the bits before the first one count',
    records: [tcp()],
    settings: { key: ['saddr/255.0.255.0'] },
    expected: ['10.0.0.0 8 10.0.0.2 -'],
  },
  {
    name: 'addresses beside the key have the bits in which they agree, none of them included',
    records: [tcp({ daddr: '10.0.0.3' }), tcp(), tcp({ saddr: '200.0.0.1' })],
    settings: { key: ['proto'] },
    expected: ['0.0.0.0 0 10.0.0.2 31'],
  },
  {
    name: 'records whose addresses agree have whole ones',
    records: [tcp(), tcp()],
    settings: { key: ['proto'] },
    expected: ['10.0.0.1 - 10.0.0.2 -'],
  },
  {
    name: 'of networks that are merged again the shorter mask stays',
    records: [tcp({ saddr: '10.0.0.0', smask: 8 }), tcp({ saddr: '10.0.0.0', smask: 12, dmask: 31 }), tcp({ saddr: '10.0.0.0' })], // prettier-ignore
    settings: { key: ['saddr/16', 'daddr'] },
    expected: ['10.0.0.0 8 10.0.0.2 31'],
  },
  {
    name: 'a network that is alone keeps its mask',
    records: [tcp({ saddr: '10.0.0.0', smask: 8 })],
    expected: ['10.0.0.0 8 10.0.0.2 -'],
  },
  {
    name: 'masks change sides with their addresses',
    records: [
      tcp({ tcpstate: 0, saddr: '10.1.0.0', smask: 16, daddr: '10.2.0.0', dmask: 20 }),
      tcp({ tcpstate: 0, stime: 1_800_000_000_000_000, saddr: '10.2.0.0', sport: 80, smask: 18, daddr: '10.1.0.0', dport: 1000 }), // prettier-ignore
    ],
    expected: ['10.1.0.0 16 10.2.0.0 18'],
  },
  {
    name: 'IPv6 counts from its own left, and addresses of both versions have nothing in common',
    records: [tcp({ saddr: '2001:db8::1' }), tcp({ saddr: '2001:db8::2', daddr: '2001:db8::3' })],
    settings: { key: ['proto', 'saddr/32'] },
    expected: ['20010db8:0:0:0 32 - -'],
  },
  {
    name: 'without addresses there are no masks',
    records: [tcp({ smask: 8 }), tcp()],
    settings: { key: ['proto'], preserves: false },
    expected: ['- - - -'],
  },
];

for (const { name, records, settings, expected } of CASES) {
  test(name, async () => {
    assert.deepEqual(lines(await cluster(records, settings), FIELDS), expected);
    const lone = await cluster(records, { ...settings, loneRowsMin: 1 });
    assert.deepEqual(lines(lone, FIELDS), expected);
    const apart = records.map((record) => cluster([record], settings));
    const merged = await clusterBatches((await Promise.all(apart)).flat(), settings);
    assert.deepEqual(lines(merged, FIELDS), expected);
  });
}

test('masks are left out where nobody wants them', async () => {
  const fields = new Set([STORED_FIELDS.saddr.number, STORED_FIELDS.daddr.number]);
  assert.deepEqual(lines(await cluster([tcp()], { key: ['saddr/8'], fields }), FIELDS), ['10.0.0.0 - 10.0.0.2 -']);
});
