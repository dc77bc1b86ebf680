import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { FLOW_BATCH, MANAGEMENT_BATCH } from '../../libs/record/batch.ts';
import { CAUSE } from '../../libs/record/fields/field.ts';
import { NO_SETTINGS } from '../support/no-settings.ts';
import { recordBatch, type RecordValues } from '../support/records.ts';
import { commandLine, runCommand, type Finished } from '../support/run-command.ts';

const START_US = 1_700_000_000_000_000;

/** Flow number `i`: every third one is UDP, the others TCP; `i + 1` packets of 100 bytes there, one back. */
function flow(i: number): RecordValues {
  const udp = i % 3 === 2;
  return {
    flowid: i,
    cause: CAUSE.start,
    stime: START_US + i * 1000,
    dur: 1_000_000 * i,
    etype: 0x0800,
    ipproto: udp ? 17 : 6,
    saddr: `10.0.0.${i % 250}`,
    daddr: '192.0.2.1',
    sport: 40_000 + (i % 20_000),
    dport: udp ? 53 : 80,
    spkts: i + 1,
    dpkts: 1,
    sbytes: 100 * (i + 1),
    dbytes: 100,
  };
}

const flows = (from: number, to: number): Uint8Array =>
  encodeBatch(recordBatch(Array.from({ length: to - from }, (_, i) => flow(from + i))));
const management = encodeBatch(
  recordBatch([{ stime: START_US, dur: 0, cause: CAUSE.start, mpkts: 7, minput: 'eth0' }], MANAGEMENT_BATCH),
);

async function folder(t: TestContext, files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'ra-'));
  t.after(() => rm(root, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(root, name, '..'), { recursive: true });
    await writeFile(join(root, name), content);
  }
  return root;
}

const ra = (...args: string[]): Promise<Finished> => runCommand('ra', args);
const inBash = (line: string): Promise<{ stdout: string; stderr: string }> =>
  promisify(execFile)('bash', ['-c', line], { env: { ...process.env, ...NO_SETTINGS } });

/** Source ports tell which flows were printed. */
const portsIn = (stdout: string): number[] =>
  stdout
    .trim()
    .split(/\s+/)
    .filter(Boolean)
    .map((port) => Number(port) - 40_000);
const PORTS = ['-L', '-1', '-n', '-s', 'sport'];

function succeeds({ status, stderr }: Finished): void {
  assert.equal(stderr, '');
  assert.equal(status, 0);
}

test('a file prints as in the original, with the filter applied', async (t) => {
  const root = await folder(t, { a: flows(0, 6) });
  const result = await ra('-r', join(root, 'a'), '-', 'udp');
  succeeds(result);
  const printed = [
    '         StartTime      Flgs  Proto            SrcAddr  Sport   Dir            DstAddr  Dport  TotPkts   TotBytes State ',
    '   22:13:20.002000              udp           10.0.0.2.40002    <->          192.0.2.1.domain        4        400   CON',
    '   22:13:20.005000              udp           10.0.0.5.40005    <->          192.0.2.1.domain        7        700   CON',
    '',
  ];
  const trimmed = (text: string): string[] => text.split('\n').map((line) => line.trimEnd());
  assert.deepEqual(trimmed(result.stdout), trimmed(printed.join('\n')));
});

test('several files come in the order given; a file may be several put together', async (t) => {
  const root = await folder(t, { a: flows(0, 2), b: Buffer.concat([flows(2, 4), management, flows(4, 5)]) });
  const result = await ra('-r', join(root, 'b'), join(root, 'a'), ...PORTS);
  succeeds(result);
  assert.deepEqual(portsIn(result.stdout), [2, 3, 4, 0, 1]);
});

test('-R reads a tree in the order of paths, without links and dot files', async (t) => {
  const root = await folder(t, { '2/b': flows(2, 3), '2/a': flows(1, 2), '1': flows(0, 1), '.x': flows(9, 10) });
  await symlink(join(root, '2'), join(root, '3'));
  const result = await ra('-R', root, ...PORTS);
  succeeds(result);
  assert.deepEqual(portsIn(result.stdout), [0, 1, 2]);
});

test('standard input is read when nothing is named, and where - is named', async (t) => {
  const root = await folder(t, { a: flows(3, 4) });
  const bare = await runCommand('ra', PORTS, flows(0, 3));
  succeeds(bare);
  assert.deepEqual(portsIn(bare.stdout), [0, 1, 2]);
  const named = await runCommand('ra', ['-r', join(root, 'a'), '-', ...PORTS], flows(0, 1));
  assert.equal(named.status, 2, 'a lone dash after a file begins the filter');
  const both = await runCommand('ra', ['-r', join(root, 'a'), '-r', '-', ...PORTS], flows(0, 1));
  assert.deepEqual(portsIn(both.stdout), [3, 0]);
});

test('a folder as standard input is told, whether it is named or not', async (t) => {
  const root = await folder(t, { a: flows(0, 1) });
  for (const words of [[], ['-r', '-']]) {
    const script = '"$0" "$@" < .';
    const { status, stdout, stderr } = spawnSync('sh', ['-c', script, process.execPath, ...commandLine('ra', '-X', ...words)], { cwd: root, encoding: 'utf8' }); // prettier-ignore
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(stderr, /^ra: cannot read standard input: it is a folder\n.*-R/);
  }
});

test('what -w wrote prints as what it was made from', async (t) => {
  const root = await folder(t, { a: Buffer.concat([management, flows(0, 50)]) });
  const copy = join(root, 'copy');
  const wrote = await ra('-r', join(root, 'a'), '-w', copy, '-', 'tcp');
  succeeds(wrote);
  assert.equal(wrote.stdout, '');
  const [original, copied] = [await ra('-r', join(root, 'a'), '-', 'tcp'), await ra('-r', copy)];
  assert.equal(copied.stdout, original.stdout);
  await ra('-r', join(root, 'a'), '-w', copy, '-', 'udp');
  assert.equal(portsIn((await ra('-r', copy, ...PORTS)).stdout).length, 50, 'the second run appended');
});

test('-w - makes a stream that another ra reads; -E keeps what the filter refused', async (t) => {
  const root = await folder(t, { a: flows(0, 9) });
  const rest = join(root, 'rest');
  const words = [process.execPath, ...commandLine('ra')].map((word) => `'${word}'`).join(' ');
  const line = `${words} -r ${root}/a -E ${rest} -w - - tcp | ${words} ${PORTS.join(' ')}`;
  const { stdout } = await inBash(`set -o pipefail; ${line}`);
  assert.deepEqual(portsIn(stdout), [0, 1, 3, 4, 6, 7]);
  assert.deepEqual(portsIn((await ra('-r', rest, ...PORTS)).stdout), [2, 5, 8]);
});

test('-N takes a range of the records that match', async (t) => {
  const root = await folder(t, { a: Buffer.concat([flows(0, 5), flows(5, 12)]) });
  for (const { range, ports } of [
    { range: '3', ports: [0, 1, 3] },
    { range: '2-4', ports: [1, 3, 4] },
    { range: 'o5+9', ports: [6, 7, 9, 10] },
    { range: '0', ports: [] },
  ]) {
    const result = await ra('-r', join(root, 'a'), '-N', range, ...PORTS, '-', 'tcp');
    succeeds(result);
    assert.deepEqual(portsIn(result.stdout), ports, range);
  }
});

test('-A counts what passed; -q prints nothing else', async (t) => {
  const root = await folder(t, { a: Buffer.concat([management, flows(0, 3)]) });
  const result = await ra('-r', join(root, 'a'), '-qA');
  assert.equal(result.stdout, 'Totalrecords 4 TotalManRecords 1 TotalFarRecords 3 TotalPkts 9 TotalBytes 900\n');
});

test('management records print when they are asked for', async (t) => {
  const root = await folder(t, { a: Buffer.concat([management, flows(0, 1)]) });
  const states = async (...args: string[]): Promise<string[]> =>
    (await ra('-r', join(root, 'a'), '-L', '-1', '-s', 'proto', 'state', ...args)).stdout
      .split('\n')
      .map((line) => line.trim().replace(/ +/, ' '))
      .filter(Boolean);
  assert.deepEqual(await states(), ['tcp CON']);
  assert.deepEqual(await states('-M', 'man'), ['man STA', 'tcp CON']);
  assert.deepEqual(await states('-', 'man'), ['man STA']);
  assert.deepEqual(await states('-M', 'noman', '-', 'man or tcp'), ['tcp CON']);
});

test('-M json prints one object a record, -M xml a document', async (t) => {
  const root = await folder(t, { a: flows(0, 3) });
  const json = await ra('-r', join(root, 'a'), '-M', 'json', '-s', 'stime', 'sport', 'spkts');
  const objects = json.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  assert.deepEqual(objects[2], { stime: '2023-11-14T22:13:20.002000Z', sport: 40_002, spkts: 3 });
  const xml = await ra('-r', join(root, 'a'), '-M', 'xml', '-', 'host 9.9.9.9');
  succeeds(xml);
  assert.match(xml.stdout, /^<\?xml [^]*<ArgusDataStream[^]*<\/ArgusDataStream>\s*$/);
});

test('headings come once, never, or every so many records; a delimiter takes the padding away', async (t) => {
  const root = await folder(t, { a: flows(0, 5) });
  const lines = async (...args: string[]): Promise<string[]> =>
    (await ra('-r', join(root, 'a'), '-c', '\\t', '-s', 'sport,dport', '-n', ...args)).stdout.trimEnd().split('\n');
  assert.deepEqual((await lines()).slice(0, 2), ['Sport\tDport', '40000\t80']);
  assert.equal((await lines('-L', '-1')).length, 5);
  assert.deepEqual(
    (await lines('-L2')).map((line) => line.startsWith('Sport')),
    [true, false, false, true, false, false, true, false],
  );
});

test('no match is no error', async (t) => {
  const root = await folder(t, { a: flows(0, 5), empty: '' });
  const none = await ra('-r', join(root, 'a'), '-', 'host 9.9.9.9');
  succeeds(none);
  assert.equal(none.stdout, '');
  succeeds(await ra('-r', join(root, 'empty')));
});

for (const { name, args, says } of [
  { name: 'an unknown option', args: ['--raed', 'x'], says: /^ra: unknown option '--raed'\nDid you mean '--read'\?/ },
  { name: 'an unknown mode', args: ['-M', 'jsno'], says: /unknown mode 'jsno'.*\nDid you mean 'json'\?/ },
  { name: 'an unknown field', args: ['-s', 'sadr'], says: /unknown field 'sadr'\nDid you mean 'saddr'\?/ },
  { name: 'a wrong filter', args: ['-', 'tpc and port 80'], says: /'tpc'[^]*\^[^]*'tcp'/ },
  { name: 'a wrong range', args: ['-N', 'x'], says: /'x' is no range/ },
  { name: 'a wrong server', args: ['-S', 'host:port'], says: /'port' in 'host:port' is no port/ },
  { name: 'files beside servers', args: ['-S', 'host', '-r', 'x'], says: /--read and --server exclude each other/ },
]) {
  test(`${name} gives exit status 2 and names the word`, async () => {
    const result = await ra(...args);
    assert.match(result.stderr, says);
    assert.equal(result.stdout, '');
    assert.equal(result.status, 2);
  });
}

const PCAP = Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, ...new Array<number>(16).fill(0));
for (const { name, content, says } of [
  { name: 'a text', content: 'root:x:0:0:root:/root:/bin/sh\n', says: /these are not flow records/ },
  { name: 'a packet capture', content: PCAP, says: /this is a packet capture\. .*argus -r / },
  { name: 'a cut gzip file', content: Uint8Array.of(0x1f, 0x8b, 8, 0, 0), says: /foreign: the gzip data is cut/ },
  { name: 'one byte', content: 'x', says: /these are not flow records/ },
]) {
  test(`${name} in place of records is said, and the files beside it are read`, async (t) => {
    const root = await folder(t, { a: flows(0, 1), foreign: content, b: flows(1, 2) });
    const result = await ra('-r', join(root, 'a'), join(root, 'foreign'), join(root, 'b'), ...PORTS);
    assert.deepEqual(portsIn(result.stdout), [0, 1]);
    assert.match(result.stderr, says);
    assert.match(result.stderr, /foreign/);
    assert.equal(result.status, 1);
  });
}

test('a missing file is found out before anything is printed', async (t) => {
  const root = await folder(t, { a: flows(0, 1) });
  const result = await ra('-r', join(root, 'a'), join(root, 'none'));
  assert.equal(result.stdout, '');
  assert.match(result.stderr, /^ra: cannot read .*none: no such file or folder\n$/);
  assert.equal(result.status, 1);
});

test('of a file that is cut or damaged everything before is printed, then where it ends', async (t) => {
  const [first, second] = [flows(0, 3), flows(3, 6)];
  const damaged = Buffer.concat([first, second]);
  damaged[damaged.length - 1]! ^= 1;
  const root = await folder(t, { cut: Buffer.concat([first, second.subarray(0, -1)]), damaged });
  for (const name of ['cut', 'damaged']) {
    const result = await ra('-r', join(root, name), ...PORTS);
    assert.deepEqual(portsIn(result.stdout), [0, 1, 2]);
    assert.match(result.stderr, new RegExp(`${name}: .* at byte ${first.length};`));
    assert.equal(result.stderr.split('\n').length, 2, 'one sentence');
    assert.equal(result.status, 1);
  }
});

test('a reader that goes away ends it without a word', async (t) => {
  const many = recordBatch(
    Array.from({ length: 5000 }, (_, i) => flow(i)),
    FLOW_BATCH,
  );
  const frame = encodeBatch(many);
  const root = await folder(t, { many: Buffer.concat(new Array<Uint8Array>(20).fill(frame)) });
  const words = [process.execPath, ...commandLine('ra')].map((word) => `'${word}'`).join(' ');
  const line = `${words} -r ${root}/many | head -1; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = await inBash(line);
  assert.match(stdout, /^ +StartTime .*\n0\n$/);
  assert.equal(stderr, '');
});

test('a file is never read and written at once', async (t) => {
  const root = await folder(t, { a: flows(0, 2) });
  const before = await readFile(join(root, 'a'));
  const same = await ra('-r', join(root, 'a'), '-w', join(root, 'a'));
  assert.match(same.stderr, /read and written at once/);
  assert.equal(same.status, 2);
  assert.deepEqual(await readFile(join(root, 'a')), before);
  succeeds(await ra('-R', root, '-w', join(root, 'out')));
  assert.deepEqual(portsIn((await ra('-r', join(root, 'out'), ...PORTS)).stdout), [0, 1]);
});

test('--help shows every option within 80 columns, and --version the version', async () => {
  const help = await ra('--help');
  succeeds(help);
  for (const letter of 'ESRTNXwsMcLnpuzZqA') assert.match(help.stdout, new RegExp(`^  -${letter}, --`, 'm'));
  assert.ok(help.stdout.split('\n').every((line) => line.length <= 80));
  assert.match((await ra('--version')).stdout, /^ra \(Panoptes\) \d+\.\d+\.\d+\n$/);
  assert.match((await ra('--list-fields')).stdout, /^saddr +\S/m);
});
