import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bpfValue } from '../../libs/capture/bpf-filter.ts';
import { bpfProblem } from '../../libs/capture/bpf.ts';
import { fanoutProgram } from '../../libs/capture/fanout-program.ts';
import { netLabMissing } from '../support/netlab.ts';
import { pcapFile } from '../support/pcap-writer.ts';
import { packetsToTheEnd, RingLab } from '../support/ring-lab.ts';
import { pairFrames, type PairFrame } from './fanout-frames.ts';
import { PATIENCE } from '../support/patience.ts';

const LOADS = new Set([0x20, 0x28, 0x30, 0x40, 0x48, 0x50]);
const PROTOCOL = 0xffff_f000;
const NETWORK = 0xfff0_0000;
const LINK = 0xffe0_0000;
/** Where the type is, and where what follows begins, in an Ethernet frame without its outer tag. */
const ETHERTYPE = 12;
const AFTER_ETHERNET = 14;
const OUTER_TAG_BYTES = 4;

/** The program with the kernel's places for headers put at those of an Ethernet frame. */
function overFrames(): (frame: Uint8Array) => number {
  const program = fanoutProgram().map((instruction) => {
    const { code, k } = instruction;
    if (!LOADS.has(code)) return instruction;
    if (k >= PROTOCOL) return { ...instruction, k: ETHERTYPE };
    return { ...instruction, k: k >= NETWORK ? k - NETWORK + AFTER_ETHERNET : k - LINK };
  });
  assert.equal(bpfProblem(program), undefined);
  const run = bpfValue(program);
  return (frame) => run(new DataView(frame.buffer, frame.byteOffset, frame.length), 0, frame.length, frame.length);
}

/** As the kernel hands it to a program. */
function withoutOuterTag(frame: Uint8Array): Uint8Array {
  const type = (frame[ETHERTYPE]! << 8) | frame[ETHERTYPE + 1]!;
  if (type !== 0x8100 && type !== 0x88a8) return frame;
  return Uint8Array.from([...frame.subarray(0, ETHERTYPE), ...frame.subarray(ETHERTYPE + OUTER_TAG_BYTES)]);
}

/** Fails when frames of one pair go to several places. @returns the places that there are */
function assertTogether(frames: readonly PairFrame[], placeOf: (frame: PairFrame) => number | undefined): Set<number> {
  const places = new Map<string, number>();
  for (const frame of frames) {
    const place = placeOf(frame);
    assert.notEqual(place, undefined, `${frame.pair}: ${frame.name} is nowhere`);
    assert.equal(place, places.get(frame.pair) ?? place, `${frame.pair}: ${frame.name} is elsewhere`);
    places.set(frame.pair, place!);
  }
  return new Set(places.values());
}

test('flows, their fragments and errors about them have one value, different pairs nearly always others', () => {
  const value = overFrames();
  const pairs = 40;
  const values = assertTogether(pairFrames(pairs), ({ bytes }) => value(withoutOuterTag(bytes)));
  assert.ok(values.size > 3 * pairs - 5, `${values.size} values`);
});

test('no frame is too short for the program', () => {
  const value = overFrames();
  for (const { bytes } of pairFrames(1)) {
    for (let length = 0; length < bytes.length; length++) assert.ok(value(bytes.subarray(0, length)) >= 0);
  }
});

for (const members of [2, 3]) {
  test(
    `the kernel gives what belongs together to the same of ${members} rings`,
    { skip: netLabMissing() ?? false, ...PATIENCE },
    async () => {
      await using lab = await RingLab.create();
      const sources = lab.open('rx0', {}, '', members);
      const frames = pairFrames(40);
      await lab.replay(pcapFile(frames.map(({ bytes }, i) => ({ timeUs: 1e15 + i, bytes }))));
      const placeOf = new Map<string, number>();
      let seen = 0;
      for (const [member, source] of sources.entries()) {
        for (const { hex } of await packetsToTheEnd(source)) {
          placeOf.set(hex, member);
          seen += 1;
        }
      }
      assert.equal(seen, frames.length);
      const places = assertTogether(frames, ({ bytes }) => placeOf.get(Buffer.from(bytes).toString('hex')));
      assert.equal(places.size, members);
    },
  );
}
