import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import type { Batch } from '../../libs/record/batch.ts';
import { allRecords, KEY_FIELDS, selectedKeys } from '../interop/argus3/selected.ts';

/*
 * The words of a filter, one by one, on records that the original argus wrote of made-up packets: what the original ra
 * selects by them we select too.
 */

const FOLDER = join(import.meta.dirname, '../../../test/interop/argus3/argus3');
/** Those written by clients hold sums and relative times; the others are variants of some. */
const FILES = readdirSync(FOLDER)
  .filter((name) => /^\d\d-[a-z0-9-]+\.arg$/.test(name) && !/^3\d|bidir|start|srcid|noperf|user256/.test(name))
  .map((name) => join(FOLDER, name));
const skip = spawnSync('ra', ['-h']).error === undefined ? false : 'the original ra is not installed';

const TRIES = 3;

const WORDS: readonly string[] = (
  'tcp,udp,icmp,igmp,rtp,rtcp,mpls,vlan,ip,ipv4,ipv6,far,status,fin,finack,rst,reset,synack,ack,push,ooo,outoforder,winshut,' +
  'dst ack,dst syn,src syn,src push,ether proto 0x0806,ether broadcast,encaps eth,encaps gre,encaps 802q,encaps llc,' +
  'vid 100,timexed,port http,src or dst port 80,src and dst net 10.0.0.0/8,net 192.0.2.0 mask 255.255.255.0,' +
  'net 2001:db8::/32,proto 50,proto 1,ip proto sctp,src pkts gt 2,src pkts gte 3,dst pkts lt 2,src pkts eq 1,src bytes lt 100,' +
  'dst bytes gt 1000,data gt 10,appbytes gt 10,src data gt 10,pcr gt 0,abr gt 0,dur gt 1,dur lt 0.5,seq 1,trans 1,srcid 192.0.2.250,' +
  'tcp or udp and port 80,tcp and port 80 or udp,not tcp,not port 80 and not udp,! (tcp or udp),tcp dst port 80 or 443,inode 192.0.2.1,' +
  'host 192.0.2.10,src host 192.0.2.10 and tcp,dst host 198.51.100.53 or dst host 192.0.2.10,ip and ether host 02:00:00:00:00:01,ip and ether src host 02:00:00:00:00:01'
).split(',');

async function ours(): Promise<Batch[]> {
  const batches: Batch[] = [];
  for (const path of FILES) batches.push(...(await allRecords(path)));
  return batches;
}

function theirs(filter: string): string[] {
  const style = ['-X', '-n', '-u', '-p', '6', '-c', ',', '-L', '-1', '-r', ...FILES, '-s', ...KEY_FIELDS];
  const words = [...style, '-', 'far', 'and', `(${filter})`];
  for (let tries = 1; ; tries++) {
    const { stdout } = spawnSync('ra', words, { encoding: 'utf8', maxBuffer: 1 << 26 });
    // On a busy machine it once ended without a word where it finds something at all other times.
    if (stdout !== '' || tries === TRIES) return stdout.split('\n').filter(Boolean).sort();
  }
}

test('words that work in the original select what they select there', { skip }, async () => {
  assert.ok(FILES.length > 30);
  const records = await ours();
  let found = 0;
  for (const filter of WORDS) {
    const keys = selectedKeys(records, filter);
    assert.deepEqual(keys, theirs(filter), filter);
    found += Number(keys.length > 0);
  }
  assert.ok(found > WORDS.length - 5, `${found} of ${WORDS.length} find something`);
});
