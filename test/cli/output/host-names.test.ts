import assert from 'node:assert/strict';
import test from 'node:test';
import { HostNames } from '../../../libs/cli/output/host-names.ts';
import { IPV4_ADDRESS, IPV6_ADDRESS } from '../../../libs/packet/headers.ts';
import type { Batch } from '../../../libs/record/batch.ts';
import { recordBatch } from '../../support/records.ts';

const FIRST = { family: IPV4_ADDRESS, lanes: [0, 0, 0xffff, 0x0a000001] } as const;
const SIXTH = { family: IPV6_ADDRESS, lanes: [0x2001_0db8, 0, 0, 1] } as const;

const pairs = (...addresses: [string, string][]): Batch =>
  recordBatch(addresses.map(([saddr, daddr]) => ({ saddr, daddr })));

/** Answers from a table; what is not in it fails with the code. */
function namesFrom(table: Readonly<Record<string, string>>, code: string): { names: HostNames; asked: string[] } {
  const asked: string[] = [];
  const reverse = (address: string): Promise<string[]> => {
    asked.push(address);
    const name = table[address];
    return name === undefined ? Promise.reject(Object.assign(new Error(code), { code })) : Promise.resolve([name]);
  };
  return { names: new HostNames({ reverse }), asked };
}

const learn = (names: HostNames, batch: Batch): Promise<void> =>
  names.learn(
    batch,
    Uint32Array.from({ length: batch.rows }, (_, row) => row),
    batch.rows,
  );

test('each host is asked for once, whether it has a name or not', async () => {
  const { names, asked } = namesFrom({ '10.0.0.1': 'one.example', '2001:db8::1': 'six.example' }, 'ENOTFOUND');
  await learn(names, pairs(['10.0.0.1', '10.0.0.2'], ['10.0.0.1', '2001:db8::1']));
  await learn(names, pairs(['10.0.0.2', '10.0.0.1']));
  assert.deepEqual(asked.sort(), ['10.0.0.1', '10.0.0.2', '2001:db8::1']);
  assert.equal(names.nameOf(FIRST), 'one.example');
  assert.equal(names.nameOf(SIXTH), 'six.example');
  assert.equal(names.nameOf({ ...FIRST, lanes: [0, 0, 0xffff, 0x0a000002] }), undefined);
});

test('only the rows that are printed are looked up, and MAC addresses never', async () => {
  const { names, asked } = namesFrom({ '10.0.0.3': 'three.example' }, 'ENOTFOUND');
  const batch = pairs(['10.0.0.1', '10.0.0.2'], ['10.0.0.3', '00:11:22:33:44:55']);
  await names.learn(batch, Uint32Array.of(1, 0), 1);
  assert.deepEqual(asked, ['10.0.0.3']);
});

test('when nobody answers, nobody is asked again', async () => {
  const { names, asked } = namesFrom({}, 'ETIMEOUT');
  await learn(names, pairs(['10.0.0.1', '10.0.0.2']));
  await learn(names, pairs(['10.0.0.1', '10.0.0.3']));
  assert.equal(asked.length, 2);
});

test('a host that was not answered for is asked for again while others are', async () => {
  const { names, asked } = namesFrom({ '10.0.0.1': 'one.example' }, 'ETIMEOUT');
  await learn(names, pairs(['10.0.0.1', '10.0.0.2']));
  await learn(names, pairs(['10.0.0.1', '10.0.0.2']));
  assert.deepEqual(asked, ['10.0.0.1', '10.0.0.2', '10.0.0.2']);
});
