import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openCaptureFile } from '../../libs/capture/open-capture.ts';
import { ethernet, vlan } from '../../libs/packet/build/link.ts';
import { ipv4, ipv6, ipv6Fragment } from '../../libs/packet/build/ip.ts';
import { packet, type Layer } from '../../libs/packet/build/layer.ts';
import { payload } from '../../libs/packet/build/payload.ts';
import { gre, mpls } from '../../libs/packet/build/tunnels.ts';
import { icmp, tcp, udp } from '../../libs/packet/build/transport.ts';
import { writeCapture } from '../../libs/synthetic/capture-file.ts';
import { mixedTraffic } from '../../libs/synthetic/traffic.ts';
import { ONE_RECORD_A_FLOW, rowsOf, startProbe, startTcpdump, stopProbe } from '../support/live-capture.ts';
import { NetLab, netLabMissing } from '../support/netlab.ts';
import { pcapFile } from '../support/pcap-writer.ts';
import { runCommand } from '../support/run-command.ts';
import { PATIENCE } from '../support/patience.ts';

const hasTcpdump = spawnSync('tcpdump', ['--version']).status === 0;
const skip = netLabMissing() ?? (hasTcpdump ? false : 'tcpdump is not installed');
const { CORPUS_DIR } = process.env;

/** Frames longer than Ethernet's usual ones are in some captures. */
const MTU = 9000;
const PACE = 3000;

/** Every field that is the packets' own: not where they came from, nor the order in which flows were opened. */
const FIELDS =
  'stime stimens dur proto saddr sport dir daddr dport spkts dpkts sbytes dbytes state flgs spi slost dlost sttl dttl stos ' +
  'dtos icmptype icmpcode smac dmac svlan dvlan sovlan dovlan smpls dmpls tunkind tunid tundepth stcpb dtcpb synack ackdat ' +
  'sfirst slast dfirst dlast sminsz smaxsz dminsz dmaxsz sappbytes dappbytes app';
const KEEP = ['-A', '-J', '-m', '-R', '-Z', '--app'];

const A = 0x0a000001;
const B = 0x0a000002;

let folder = '';
before(() => (folder = mkdtempSync(join(tmpdir(), 'live-records-'))));
after(() => rmSync(folder, { recursive: true }));

/** Flows of kinds that take different ways through the kernel and the decoders; each frame goes to a station that is nobody's. */
function kinds(): Uint8Array {
  const there = ipv4({ source: A, destination: B });
  const back = ipv4({ source: B, destination: A });
  const six = { source: [0x20010db8, 0, 0, 1], destination: [0x20010db8, 0, 0, 2] } as const;
  const datagram = [udp({ sourcePort: 4000, destinationPort: 53 }), payload(64)] as const;
  const quoted = packet(there, ...datagram);
  const piece = { source: A, destination: B, id: 7, protocol: 17 } as const;
  const stacks: readonly (readonly Layer[])[] = [
    [there, ...datagram],
    [vlan(5), there, ...datagram],
    [vlan(5), back, udp({ sourcePort: 53, destinationPort: 4000 }), payload(64)],
    [vlan(7, { tpid: 0x88a8 }), vlan(5, { priority: 3 }), there, ...datagram],
    [ipv6(six), ...datagram],
    [ipv6(six), ipv6Fragment({ id: 9, moreFragments: true, nextHeader: 17 }), ...datagram],
    [ipv6(six), ipv6Fragment({ id: 9, fragmentOffset: 72, nextHeader: 17 }), payload(32)],
    [ipv4({ ...piece, moreFragments: true }), ...datagram],
    [ipv4({ ...piece, fragmentOffset: 72 }), payload(32)],
    [back, icmp({ type: 3, code: 3 }), payload(quoted)],
    [there, icmp({ type: 8, id: 4, sequence: 1 }), payload(56)],
    [there, gre({ key: 9 }), ipv4({ source: B + 1, destination: A + 1 }), ...datagram],
    [mpls(100), ipv4({ source: A + 5, destination: B + 5 }), ...datagram],
    [there, tcp({ sourcePort: 5000, destinationPort: 80 }), payload(100)],
  ];
  const ether = ethernet();
  return pcapFile(stacks.map((layers, i) => ({ timeUs: 1e15 + i * 1000, bytes: packet(ether, ...layers) })));
}

/** Sends a capture to a probe and beside it to tcpdump, and compares the records with those of tcpdump's file. */
async function compareLiveWithFile(name: string, pcap: string, workers: number): Promise<void> {
  await using lab = await NetLab.create();
  await lab.deleteLink();
  await lab.recreateLink(MTU);
  const [live, seen, read] = ['live', 'seen.pcap', 'read'].map((end) => join(folder, `${name}-${workers}-${end}`));
  const packets = await packetsOf(pcap);
  const kept = await startTcpdump(lab, seen!, packets);
  const options = [...ONE_RECORD_A_FLOW, ...KEEP, '--workers', String(workers), '-w'];
  const probe = await startProbe(lab, ['-i', 'rx0', ...options, live!], 1 + workers);
  await lab.replay(pcap, PACE);
  await kept.ended;
  await stopProbe(probe);
  const { status, stderr } = await runCommand('argus', ['-X', '-r', seen!, ...ONE_RECORD_A_FLOW, ...KEEP, '-w', read!]);
  assert.equal(status, 0, stderr);
  const fields = FIELDS.split(' ');
  const [expected, actual] = [await rowsOf(read!, ...fields), await rowsOf(live!, ...fields)];
  assert.ok(expected.length > 0);
  assert.deepEqual(actual, expected);
  const counted = actual.map((row) => JSON.parse(row) as { spkts?: number; dpkts?: number });
  assert.equal(
    counted.reduce((total, { spkts = 0, dpkts = 0 }) => total + spkts + dpkts, 0),
    packets,
  );
}

async function packetsOf(pcap: string): Promise<number> {
  const source = await openCaptureFile(pcap);
  let packets = 0;
  for (let batch = await source.next(); batch !== null; batch = await source.next()) packets += batch.count;
  await source.close();
  return packets;
}

for (const workers of [1, 2]) {
  const threads = workers === 1 ? 'one worker' : 'two workers';
  test(`the same records live as from the file: every kind, ${threads}`, { skip, ...PATIENCE }, async () => {
    const pcap = join(folder, 'kinds.pcap');
    writeFileSync(pcap, kinds());
    await compareLiveWithFile('kinds', pcap, workers);
  });

  test(`the same records live as from the file: many flows, ${threads}`, { skip, ...PATIENCE }, async () => {
    const pcap = join(folder, `mixed-${workers}.pcap`);
    await writeCapture(pcap, mixedTraffic({ packets: 3000, flows: 300, seconds: 2, seed: 7 }));
    await compareLiveWithFile('mixed', pcap, workers);
  });
}

const CAPTURES = [
  'zeek-pppoe.pcap',
  'zeek-mixed-vlan-mpls.pcap',
  'pcpp-ip6_fragments.pcap',
  'zeek-gre-within-gre.pcap',
];
for (const name of CAPTURES) {
  const path = join(CORPUS_DIR ?? '', name);
  const reason = CORPUS_DIR === undefined ? 'CORPUS_DIR is not set' : existsSync(path) ? skip : `${name} is not there`;
  test(`the same records live as from the file: ${name}`, { skip: reason, ...PATIENCE }, () =>
    compareLiveWithFile(name, path, 2),
  );
}
