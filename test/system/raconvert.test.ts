import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { type Finished } from '../support/run-command.ts';
import { runHere } from '../support/run-here.ts';

const FIXTURES = join(import.meta.dirname, '../../../test/interop/argus3');
const ARGUS_3 = readdirSync(join(FIXTURES, 'argus3'))
  .filter((name) => name.endsWith('.arg'))
  .sort()
  .map((name) => join(FIXTURES, 'argus3', name));
/** What records of Argus 3 hold, and we have fields for. */
const FIELDS =
  `srcid seq stime ltime flgs proto saddr sport dir daddr dport spkts dpkts sbytes dbytes sappbytes dappbytes state
  sttl dttl stos dtos sipid dipid smac dmac svlan dvlan senc denc swin dwin stcpb dtcpb tcprtt sgap dgap sminsz smaxsz suser duser label`.split(
    /\s+/,
  );

async function folder(t: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'raconvert-'));
  t.after(() => rm(root, { recursive: true }));
  return root;
}

const convert = (...args: string[]): Promise<Finished> => runHere('raconvert', ['-X', ...args]);
const printed = async (...files: string[]): Promise<string> =>
  (await runHere('ra', ['-X', '-M', 'json', 'man', '-s', ...FIELDS, '-r', ...files])).stdout;

test('from Argus 3 to our format and back, nothing changes that both can hold', async (t) => {
  const root = await folder(t);
  const [own, back] = [join(root, 'own'), join(root, 'back')];
  const there = await convert('-r', ...ARGUS_3, '-w', own);
  assert.equal(there.status, 0);
  assert.match(there.stderr, /\b297 flow records and \d+ management records converted/);
  const before = await printed(...ARGUS_3);
  assert.equal(await printed(own), before);
  assert.equal((await convert('-r', own, '-w', `argus3:${back}`)).status, 0);
  const flows = (text: string): string[] => text.split('\n').filter((line) => !line.includes('"proto":"man"'));
  assert.deepEqual(flows(await printed(back)), flows(before));
});

test('what has no place is said, by name, with how often it came', async (t) => {
  const root = await folder(t);
  const read = await convert('-q', '-r', join(FIXTURES, 'argus5/14-tunnels.arg'), '-w', join(root, 'own'));
  assert.match(read.stderr, /14-tunnels\.arg: left out \d+ GRE/);
  const written = await convert('-q', '-r', join(root, 'own'), '-w', `argus3:${join(root, 'argus3')}`);
  assert.match(written.stderr, /no place in this format for .*\d+ (smss|srcid|stimens)/);
  assert.equal(written.status, 0);
});

test('a filter converts a part', async (t) => {
  const own = join(await folder(t), 'own');
  const dns = join(FIXTURES, 'argus3/06-udp-dns.arg');
  assert.match((await convert('-r', dns, '-w', own, '-', 'port', '33001')).stderr, /\b1 flow records/);
});

test('--merge brings files together in the order of their starts', async (t) => {
  const own = join(await folder(t), 'own');
  const files = ['19-longflow.arg', '06-udp-dns.arg', '01-tcp-close.arg'].map((name) => join(FIXTURES, 'argus3', name));
  assert.equal((await convert('--merge', '-r', ...files, '-w', own)).status, 0);
  const starts = (await runHere('ra', ['-X', '-u', '-L', '-1', '-s', 'stime', '-r', own])).stdout.trim().split('\n').map(Number); // prettier-ignore
  assert.ok(starts.length > 5);
  assert.deepEqual(
    starts,
    starts.toSorted((a, b) => a - b),
  );
});

test('without -w, and for a file of something else, the reason is said', async () => {
  const nowhere = await convert('-r', ARGUS_3[0]!);
  assert.match(nowhere.stderr, /nowhere to write to/);
  assert.equal(nowhere.status, 2);
});
