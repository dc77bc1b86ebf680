import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { bpfFilter } from '../../libs/capture/bpf-filter.ts';
import { bpfProblem, listProgram, type BpfInstruction } from '../../libs/capture/bpf.ts';
import { captureFilter } from '../../libs/capture/capture-filter.ts';
import { compileCaptureFilter } from '../../libs/capture/libpcap.ts';
import { ipv4, ipv6 } from '../../libs/packet/build/ip.ts';
import { packet } from '../../libs/packet/build/layer.ts';
import { arp, ethernet, vlan } from '../../libs/packet/build/link.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { icmp, tcp, udp } from '../../libs/packet/build/transport.ts';
import { pcapFile, pcapngFile } from '../support/pcap-writer.ts';
import { readCapture } from '../support/read-capture.ts';

const A = 0x0a000001;
const B = 0x0a000102;
const SIX = [0x20010db8, 0, 0, 1] as const;
const FRAMES = [
  packet(ethernet(), ipv4({ source: A, destination: B }), tcp({ sourcePort: 40_000, destinationPort: 80, flags: 2 })),
  packet(ethernet(), ipv4({ source: B, destination: A }), tcp({ sourcePort: 80, destinationPort: 40_000, flags: 18 })),
  packet(ethernet(), ipv4({ source: A, destination: B }), udp({ sourcePort: 5000, destinationPort: 53 }), payload(30)),
  packet(ethernet(), ipv4({ source: A, destination: B }), icmp({ type: 8 }), payload(56)),
  packet(ethernet(), vlan(100), ipv4({ source: A, destination: B }), udp({ sourcePort: 1, destinationPort: 2 })),
  packet(ethernet(), ipv6({ source: SIX, destination: SIX }), tcp({ sourcePort: 443, destinationPort: 1024 })),
  packet(ethernet(), arp({ operation: 1, senderIp: A, targetIp: B })),
  packet(ethernet(), ipv4({ source: A, destination: B }), udp({ sourcePort: 9, destinationPort: 9 }), payload(1400)),
];
const FILTERS = [
  'tcp', 'udp port 53', 'host 10.0.0.1', 'src host 10.0.1.2', 'net 10.0.1.0/24', 'icmp[icmptype] = icmp-echo', 'arp', 'ip6',
  'vlan 100', 'vlan 100 and udp', 'tcp[tcpflags] & tcp-syn != 0', 'greater 1000', 'less 60', 'not tcp', 'ip[8] > 10', 'portrange 1-1024',
  'ether[0] & 1 = 0', 'len > 100 and udp', 'ip[2:2] = 1428', 'tcp port 80 or udp port 9',
]; // prettier-ignore

test(
  'capture filters keep the packets that tcpdump keeps',
  { skip: hasTcpdump() ? false : 'tcpdump is not installed' },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bpf-'));
    try {
      const file = pcapFile(FRAMES.map((bytes, i) => ({ timeUs: i, bytes })));
      const path = join(folder, 'capture.pcap');
      writeFileSync(path, file);
      for (const filter of FILTERS) {
        const theirs = spawnSync('tcpdump', ['-nr', path, '-w', '-', filter], { maxBuffer: 1 << 24 });
        const expected = await readCapture(new Uint8Array(theirs.stdout));
        const ours = await readCapture(file, undefined, { filter: captureFilter(filter, true)! });
        assert.deepEqual(ours.packets.map((p) => p.hex), expected.packets.map((p) => p.hex), filter); // prettier-ignore
        assert.equal(ours.filtered, FRAMES.length - ours.packets.length);
        const unoptimized = await readCapture(file, undefined, { filter: captureFilter(filter, false)! });
        assert.deepEqual(unoptimized.packets, ours.packets, `${filter}, not optimised`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

test(
  'programs are listed as tcpdump -d lists them',
  { skip: hasTcpdump() ? false : 'tcpdump is not installed' },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'bpf-'));
    try {
      const path = join(folder, 'capture.pcap');
      writeFileSync(path, pcapFile([]));
      for (const filter of FILTERS) {
        const theirs = spawnSync('tcpdump', ['-nr', path, '-d', filter], { encoding: 'utf8' });
        assert.equal(listProgram(compileCaptureFilter(filter, 1, true)), theirs.stdout, filter);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

test('a filter that libpcap does not understand is refused in its words', () => {
  assert.throws(() => captureFilter('tcp prot 80', true), /capture filter: .*syntax error[^]*tcp prot 80/);
});

test('an empty filter is none', () => assert.equal(captureFilter('  ', true), undefined));

const CHECKS: { name: string; program: BpfInstruction[]; problem: RegExp }[] = [
  { name: 'nothing', program: [], problem: /0 instructions/ },
  { name: 'no end', program: [op(0x00)], problem: /no return/ },
  { name: 'jump out', program: [op(0x15, 0, 1, 0), op(0x06)], problem: /instruction 0: jump out/ },
  { name: 'far jump', program: [op(0x05, 0x7fff_ffff), op(0x06)], problem: /jump out/ },
  { name: 'jump before the beginning', program: [op(0x05, 0xffff_fffe), op(0x06)], problem: /jump out/ },
  { name: 'division by zero', program: [op(0x34), op(0x06)], problem: /division by zero/ },
  { name: 'scratch', program: [op(0x02, 16), op(0x06)], problem: /scratch/ },
  { name: 'unknown', program: [op(0xff), op(0x06)], problem: /unknown/ },
];
for (const { name, program, problem } of CHECKS) {
  test(`BPF: ${name} is refused`, () => assert.match(bpfProblem(program) ?? '', problem));
}

/** Every instruction but jumps and returns, so that random programs get somewhere. */
const STEPS = [
  0x00, 0x01, 0x02, 0x03, 0x07, 0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0x60, 0x61, 0x80, 0x81, 0x87, 0xb1, 0x04, 0x0c, 0x14, 0x1c,
  0x24, 0x2c, 0x34, 0x3c, 0x44, 0x4c, 0x54, 0x5c, 0x64, 0x6c, 0x74, 0x7c, 0x84, 0x94, 0x9c, 0xa4, 0xac,
]; // prettier-ignore
const BRANCHES = [0x15, 0x1d, 0x25, 0x2d, 0x35, 0x3d, 0x45, 0x4d];

test('BPF: no program that is let in throws, hangs or reads beyond the packet', () => {
  const k = fc.oneof(fc.nat(15), fc.nat(50), fc.constantFrom(0xffff_fff0, 0x7fff_ffff, 0xffff_f000));
  const instruction = fc.oneof(
    fc.record({ code: fc.constantFrom(...STEPS), jt: fc.constant(0), jf: fc.constant(0), k }),
    fc.record({ code: fc.constantFrom(...BRANCHES), jt: fc.nat(3), jf: fc.nat(3), k }),
    fc.record({
      code: fc.constant(0x05),
      jt: fc.constant(0),
      jf: fc.constant(0),
      k: fc.constantFrom(0, 1, 0xffff_fffe),
    }),
  );
  let letIn = 0;
  fc.assert(
    fc.property(fc.array(instruction, { maxLength: 12 }), fc.uint8Array({ maxLength: 40 }), (body, bytes) => {
      const program = [...body, op(0x16), op(0x06, 1), op(0x06, 0), op(0x16)];
      if (bpfProblem(program) !== undefined) return;
      letIn += 1;
      const filter = bpfFilter(program);
      const alone = filter(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, 100);
      const within = new Uint8Array(bytes.length + 64).fill(0xee);
      within.set(bytes, 32);
      assert.equal(filter(new DataView(within.buffer), 32, bytes.length, 100), alone);
    }),
    { numRuns: 3000, seed: 5 },
  );
  assert.ok(letIn > 500, `${letIn} programs`);
});

const LD = 0x00;
const LDX = 0x01;
const RET_A = op(0x16);
/** Bytes 0 to 7 are in the packet, of which 100 were on the wire; the accumulator comes back. */
const RESULTS: readonly { name: string; program: BpfInstruction[]; result: number }[] = [
  { name: 'a word', program: [op(0x20, 4)], result: 0x04050607 },
  { name: 'a word beyond the end refuses', program: [op(LD, 1), op(0x20, 5), op(LD, 1)], result: 0 },
  { name: 'a half word', program: [op(0x28, 6)], result: 0x0607 },
  { name: 'a half word beyond the end refuses', program: [op(0x28, 7), op(LD, 1)], result: 0 },
  { name: 'a byte at x + k', program: [op(LDX, 3), op(0x50, 4)], result: 7 },
  { name: 'x + k does not wrap', program: [op(LDX, 0xffff_ffff), op(0x50, 1), op(LD, 1)], result: 0 },
  { name: 'a header length', program: [op(0xb1, 5), op(0x87)], result: 20 },
  { name: 'the length on the wire', program: [op(0x80)], result: 100 },
  { name: 'scratch words begin as zero', program: [op(0x60, 3), op(0x04, 9)], result: 9 },
  { name: 'scratch words keep', program: [op(LD, 5), op(0x02, 2), op(LD, 1), op(0x61, 2), op(0x0c)], result: 6 },
  { name: 'addition wraps', program: [op(LD, 0xffff_ffff), op(0x04, 3)], result: 2 },
  { name: 'multiplication wraps', program: [op(LD, 0x1234_5679), op(0x24, 0x9abc_def1)], result: 0xd11e_55e9 },
  { name: 'division is unsigned', program: [op(LD, 0xffff_fffe), op(0x34, 2)], result: 0x7fff_ffff },
  { name: 'the remainder is unsigned', program: [op(LD, 0xffff_ffff), op(0x94, 10)], result: 5 },
  { name: 'division by x = 0 refuses', program: [op(LD, 7), op(0x3c), op(LD, 1)], result: 0 },
  { name: 'a remainder by x = 0 refuses', program: [op(LD, 7), op(0x9c), op(LD, 1)], result: 0 },
  { name: 'shifts by 32 leave nothing', program: [op(LD, 7), op(0x64, 32), op(0x04, 3)], result: 3 },
  { name: 'a shift to the right is unsigned', program: [op(LD, 0x8000_0000), op(0x74, 31)], result: 1 },
  { name: 'negation', program: [op(LD, 1), op(0x84)], result: 0xffff_ffff },
  { name: 'comparison is unsigned', program: [op(LD, 0x8000_0000), op(0x25, 1, 0, 1), op(LD, 3)], result: 3 },
  { name: 'a branch not taken', program: [op(LD, 4), op(0x45, 3, 0, 1), op(LD, 9)], result: 4 },
  { name: 'a loop without end refuses', program: [op(LD, 4), op(0x05, 0xffff_fffe)], result: 0 },
];
for (const { name, program, result } of RESULTS) {
  test(`BPF: ${name}`, () => {
    const whole = [...program, RET_A];
    assert.equal(bpfProblem(whole), undefined);
    const view = new DataView(Uint8Array.of(0xee, 0, 1, 2, 3, 4, 5, 6, 7, 0xee).buffer);
    // A filter only says yes or no, so the result is asked for.
    const asked = bpfFilter([...program, op(0x15, result, 0, 1), op(0x06, 1), op(0x06, 0)]);
    assert.equal(asked(view, 1, 8, 100), result !== 0);
    assert.equal(bpfFilter(whole)(view, 1, 8, 100), result !== 0);
  });
}

test('a filter is compiled for each link type of a file that mixes them', async () => {
  const layers = [
    ipv4({ source: A, destination: B }),
    udp({ sourcePort: 5000, destinationPort: 53 }),
    payload(30),
  ] as const;
  const cooked = Uint8Array.of(0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0);
  const raw = packet(...layers);
  const wanted = [packet(ethernet(), ...layers), raw, Uint8Array.of(...cooked, ...raw)];
  const interfaces = [{ linkType: 1 }, { linkType: 101 }, { linkType: 113 }];
  const file = pcapngFile(
    [...wanted, ...wanted].map((bytes, i) => ({
      timeUs: i,
      bytes: i < 3 ? bytes : bytes.map((b) => b ^ 0x3c),
      from: i % 3,
    })),
    interfaces,
  );
  const { packets, filtered } = await readCapture(file, undefined, { filter: captureFilter('udp dst port 53', true)! });
  assert.deepEqual(packets.map(({ timeUs, linkType }) => [timeUs, linkType]), [[0, 1], [1, 101], [2, 113]]); // prettier-ignore
  assert.equal(filtered, 3);
});

test('a filter that Ethernet cannot have is taken for another link, and refused when Ethernet comes', async () => {
  const filter = captureFilter('wlan type mgt', true)!;
  const file = pcapFile(FRAMES.map((bytes, i) => ({ timeUs: i, bytes })));
  await assert.rejects(readCapture(file, undefined, { filter }), /capture filter: .*802\.11/);
});

function op(code: number, k = 0, jt = 0, jf = 0): BpfInstruction {
  return { code, jt, jf, k };
}

function hasTcpdump(): boolean {
  return spawnSync('tcpdump', ['--version']).status === 0;
}
