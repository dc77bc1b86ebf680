import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { compress, compressedBytesMax } from '../../libs/codec/zstd.ts';
import { commandLine, runCommand, RunningCommand, type Finished } from '../support/run-command.ts';

const FIXTURES = join(import.meta.dirname, '../../../test/interop/argus3');
const TCP = join(FIXTURES, 'argus3/01-tcp-close.arg');
const DNS = join(FIXTURES, 'argus3/06-udp-dns.arg');
const PORTS = ['-X', '-n', '-L', '-1', '-s', 'sport'];
const TCP_PORTS = ['40000'];
const DNS_PORTS = ['33000', '33001'];

const ra = (...args: string[]): Promise<Finished> => runCommand('ra', args);
const portsIn = (stdout: string): string[] => stdout.trim().split(/\s+/).filter(Boolean);

async function folder(t: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'ra-foreign-'));
  t.after(() => rm(root, { recursive: true }));
  return root;
}

test('records of Argus and our own mix in one command line, and in a tree', async (t) => {
  const root = await folder(t);
  await mkdir(join(root, 'tree'));
  const own = join(root, 'tree/own');
  assert.equal((await ra('-X', '-r', DNS, '-w', own)).status, 0);
  await writeFile(join(root, 'tree/theirs'), await readFile(TCP));
  const files = await ra(...PORTS, '-r', TCP, own, DNS);
  assert.deepEqual(portsIn(files.stdout), [...TCP_PORTS, ...DNS_PORTS, ...DNS_PORTS]);
  assert.equal(files.stderr, '');
  const tree = await ra(...PORTS, '-R', join(root, 'tree'));
  assert.deepEqual(portsIn(tree.stdout), [...DNS_PORTS, ...TCP_PORTS]);
});

test('what is written from records of Argus prints as they do', async (t) => {
  const own = join(await folder(t), 'own');
  await ra('-X', '-r', DNS, '-w', own);
  const fields = ['-X', '-u', '-s', 'stime', 'srcid', 'saddr', 'daddr', 'pkts', 'bytes', 'state', 'dur', 'sttl'];
  const [theirs, ours] = [await ra(...fields, '-r', DNS), await ra(...fields, '-r', own)];
  assert.equal(ours.stdout, theirs.stdout);
});

test('standard input is recognised by its content, and the filter applies', async () => {
  const result = spawnSync(process.execPath, commandLine('ra', ...PORTS, '-', 'port', '33001'), { input: await readFile(DNS), encoding: 'utf8' }); // prettier-ignore
  assert.deepEqual([portsIn(result.stdout), result.stderr, result.status], [['33001'], '', 0]);
});

function zstd(content: Uint8Array): Uint8Array {
  const packed = new Uint8Array(compressedBytesMax(content.length));
  return packed.subarray(0, compress(packed, content, 3));
}

const packedBy = (program: string, content: Uint8Array): Uint8Array | undefined => {
  const { stdout, status } = spawnSync(program, ['-c'], { input: content });
  return status === 0 ? stdout : undefined;
};

for (const { name, pack } of [
  { name: 'gzip', pack: (content: Uint8Array) => gzipSync(content) },
  { name: 'zstd', pack: zstd },
  { name: 'bzip2', pack: (content: Uint8Array) => packedBy('bzip2', content) },
  { name: 'xz', pack: (content: Uint8Array) => packedBy('xz', content) },
]) {
  test(`a file packed with ${name} is unpacked on the way`, async (t) => {
    const packed = pack(await readFile(DNS));
    if (packed === undefined) return t.skip(`${name} is not installed`);
    const path = join(await folder(t), 'packed');
    await writeFile(path, packed);
    const result = await ra(...PORTS, '-r', path);
    assert.deepEqual([portsIn(result.stdout), result.stderr, result.status], [DNS_PORTS, '', 0]);
  });
}

for (const program of ['gzip', 'zstd', 'bzip2', 'xz']) {
  test(`of a file that ${program} packed and that is cut, what lies before the cut is read`, async (t) => {
    const content = Buffer.concat(new Array<Buffer>(4000).fill(await readFile(DNS)));
    const packed = packedBy(program, content);
    if (packed === undefined) return t.skip(`${program} is not installed`);
    const path = join(await folder(t), 'packed');
    await writeFile(path, packed.subarray(0, packed.length * 0.7));
    const { stdout, stderr, status } = await ra(...PORTS, '-r', path);
    const records = portsIn(stdout).length;
    assert.ok(records > 2000 && records < 7000, `${records} of 8000`);
    assert.match(stderr, /packed: .*(cut|unexpected)/i);
    assert.equal(status, 1);
  });
}

test('our own records, packed, are read too', async (t) => {
  const root = await folder(t);
  await ra('-X', '-r', DNS, '-w', join(root, 'own'));
  await writeFile(join(root, 'own.gz'), gzipSync(await readFile(join(root, 'own'))));
  assert.deepEqual(portsIn((await ra(...PORTS, '-r', join(root, 'own.gz'))).stdout), DNS_PORTS);
});

test('without the program that unpacks, its name is said', async (t) => {
  const path = join(await folder(t), 'packed.xz');
  await writeFile(path, Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4));
  const command = new RunningCommand('ra', ['-X', '-r', path], { PATH: '/nowhere' });
  const status = await command.status;
  const { stderr } = command;
  assert.match(stderr, /packed\.xz: it is packed with xz, which is not installed\. Install xz/);
  assert.equal(status, 1);
});

test('a record that is cut at the end is said, and those before it are printed', async (t) => {
  const path = join(await folder(t), 'cut');
  await writeFile(path, (await readFile(DNS)).subarray(0, -130));
  const { stdout, stderr, status } = await ra(...PORTS, '-r', path);
  assert.deepEqual(portsIn(stdout), DNS_PORTS.slice(0, -1));
  assert.match(stderr, /cut: the last record is cut; the records before it were read/);
  assert.equal(status, 1);
});

test('-V names what has no place in our fields', async () => {
  const tunnels = join(FIXTURES, 'argus5/14-tunnels.arg');
  const loud = await ra(...PORTS, '-V', '-r', tunnels);
  assert.match(loud.stderr, /14-tunnels\.arg: left out \d+ GRE/);
  assert.equal(loud.status, 0);
  assert.equal((await ra(...PORTS, '-r', tunnels)).stderr, '');
});

test('management records of Argus print under -M man', async () => {
  const { stdout } = await ra('-X', '-u', '-c', ',', '-L', '-1', '-M', 'man', '-s', 'proto', 'state', '-r', TCP);
  assert.deepEqual(stdout.trim().split('\n'), ['man,STA', 'tcp,FIN', 'man,STP']);
});
