import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ipv4 } from '../../libs/packet/build/ip.ts';
import { packet } from '../../libs/packet/build/layer.ts';
import { ethernet } from '../../libs/packet/build/link.ts';
import { udp } from '../../libs/packet/build/transport.ts';
import { pcapngFile, type WrittenPacket } from '../support/pcap-writer.ts';
import { runCommand } from '../support/run-command.ts';
import { PATIENCE } from '../support/patience.ts';

const START_US = 1_700_000_000_000_000;
const QUERY = packet(ethernet(), ipv4({ source: 1, destination: 2 }), udp({ sourcePort: 4000, destinationPort: 5000 }));
const from = (index: number, bytes: Uint8Array): WrittenPacket => ({ timeUs: START_US, bytes, from: index });

const folder = mkdtempSync(join(tmpdir(), 'links-'));
const capture = join(folder, 'mixed.pcapng');
after(() => rmSync(folder, { recursive: true }));
writeFileSync(
  capture,
  pcapngFile(
    [from(0, QUERY), from(1, new Uint8Array(60)), from(2, new Uint8Array(70)), from(1, new Uint8Array(80)), from(0, QUERY)],
    [{ linkType: 1 }, { linkType: 147 }, { linkType: 148 }],
  ),
); // prettier-ignore

for (const workers of ['1', '2']) {
  test(`argus names each link type that it does not know once; ${workers} at work`, PATIENCE, async () => {
    const { status, stdout, stderr } = await runCommand('argus', ['-r', capture, '--workers', workers]);
    assert.equal(status, 0);
    const said = stderr.split('\n').filter((line) => line !== '');
    assert.deepEqual(said.sort(), [
      'argus: link type 147 is not known: its frames count in one flow',
      'argus: link type 148 is not known: its frames count in one flow',
    ]);
    const packets = stdout.split('\n').slice(1, -1).map((line) => Number(/ (\d+) +\d+ +\w+ *$/.exec(line)?.[1])); // prettier-ignore
    assert.deepEqual(
      packets.sort((a, b) => a - b),
      [1, 2, 2],
    );
  });
}
