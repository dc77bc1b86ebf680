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
import { pcapFile } from '../support/pcap-writer.ts';
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
    for (const filter of FILTERS) {
      const theirs = spawnSync('tcpdump', ['-y', 'EN10MB', '-d', filter], { encoding: 'utf8' });
      if (theirs.status !== 0) continue; // tcpdump -d wants an interface on some machines
      assert.equal(
        listProgram(compileCaptureFilter(filter, 1, true)).replace(/\s+/g, ' '),
        theirs.stdout.replace(/\s+/g, ' '),
        filter,
      );
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

test('BPF: no program that is let in throws, hangs or reads beyond the packet', () => {
  const instruction = fc.record({
    code: fc.oneof(
      fc.constantFrom(0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0xb1, 0x15, 0x25, 0x54, 0x0c, 0x3c, 0x9c, 0x07, 0x87, 0x61),
      fc.nat(255),
    ),
    jt: fc.nat(4),
    jf: fc.nat(4),
    k: fc.oneof(fc.nat(40), fc.constantFrom(0xffff_fff0, 0x7fff_ffff, 0xffff_f000)),
  });
  fc.assert(
    fc.property(fc.array(instruction, { maxLength: 20 }), fc.uint8Array({ maxLength: 40 }), (body, bytes) => {
      const program = [...body, op(0x06, 1), op(0x06, 0), op(0x06, 0), op(0x06, 0), op(0x06, 0), op(0x06, 0)];
      if (bpfProblem(program) !== undefined) return;
      const filter = bpfFilter(program);
      const alone = filter(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, 100);
      const within = new Uint8Array(bytes.length + 64).fill(0xee);
      within.set(bytes, 32);
      assert.equal(filter(new DataView(within.buffer), 32, bytes.length, 100), alone);
    }),
    { numRuns: 3000, seed: 5 },
  );
});

function op(code: number, k = 0, jt = 0, jf = 0): BpfInstruction {
  return { code, jt, jf, k };
}

function hasTcpdump(): boolean {
  return spawnSync('tcpdump', ['--version']).status === 0;
}
