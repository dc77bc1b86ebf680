import { decodeFrame } from '../../libs/codec/decode.ts';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { NO_FEATURES } from '../../libs/flow/optional-rows.ts';
import { GROUP_PACKETS, PacketGroup } from '../../libs/flow/packet-group.ts';
import { BatchReporter } from '../../libs/flow/report.ts';
import { FlowTable } from '../../libs/flow/table.ts';
import { decodePacket } from '../../libs/packet/decode.ts';
import { Headers } from '../../libs/packet/headers.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { parseFieldSpec } from '../../libs/record/print/field-spec.ts';
import { DEFAULT_COLUMNS } from '../../libs/record/print/options.ts';
import { RecordPrinter } from '../../libs/record/print/printer.ts';
import { Frame } from '../../libs/synthetic/frame.ts';
import { mixedTraffic } from '../../libs/synthetic/traffic.ts';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { median } from './measure.ts';
import { millions, tableText } from './table.ts';

const PACKETS = 1_000_000;
const PACKETS_PER_FLOW = 60;
const ROUNDS = 5;
const SNAP_BYTES = 96;
const ETHERNET = 1;
const START_US = 1_767_225_600_000_000;

export const DECODE_BENCH: Bench = {
  name: 'decode',
  about: 'the steps from packet to record one by one, in one thread, without files',
  run: decodeBench,
};

/** Packets side by side in memory. */
interface Packets {
  readonly count: number;
  readonly view: DataView;
  readonly timeUs: Float64Array;
  readonly captured: Uint16Array;
  readonly wire: Uint16Array;
}

/** One step: what it handles, how many of them at a time, and the work. */
interface Step {
  readonly name: string;
  readonly unit: 'packets' | 'records';
  readonly count: number;
  readonly work: () => void;
}

function decodeBench(options: BenchOptions): Promise<BenchResult> {
  const packets = packetsInMemory(options.packets ?? PACKETS);
  const batches = batchesOf(packets);
  const frames = batches.map((batch) => encodeBatch(batch));
  const records = batches.reduce((sum, { rows }) => sum + rows, 0);
  const steps: Step[] = [
    { name: 'decode headers', unit: 'packets', count: packets.count, work: () => decodeAll(packets) },
    { name: 'decode, flow table, batches', unit: 'packets', count: packets.count, work: () => void batchesOf(packets) },
    { name: 'encode', unit: 'records', count: records, work: () => batches.forEach((batch) => encodeBatch(batch)) },
    {
      name: 'decode frames',
      unit: 'records',
      count: records,
      work: () => frames.forEach((frame) => decodeFrame(frame)),
    },
  ];
  for (const style of ['columns', 'json'] as const) {
    const printer = new RecordPrinter(parseFieldSpec([], DEFAULT_COLUMNS), { style });
    const work = (): void => batches.forEach((batch) => void printer.rows(batch, undefined, batch.rows));
    steps.push({ name: `print, ${style}`, unit: 'records', count: records, work });
  }
  const results = steps.map((step) => ({ ...step, perSecond: rateOf(step, options.rounds ?? ROUNDS) }));
  const bytes = frames.reduce((sum, { length }) => sum + length, 0);
  const rows = results.map(({ name, unit, perSecond }) => [
    name,
    `${millions(perSecond)} ${unit}/s`,
    `${(1e9 / perSecond).toFixed(0)} ns`,
  ]);
  const text = tableText(['step', 'rate', 'each'], rows);
  return Promise.resolve({
    text: `${text}\n(${packets.count} packets, ${records} records, ${(bytes / records).toFixed(1)} bytes a record)`,
    json: results.map(({ name, unit, count, perSecond }) => ({ name, unit, count, perSecond })),
    isGood: true,
  });
}

/** Median of the rounds, after one to warm up. */
function rateOf({ work, count }: Step, rounds: number): number {
  work();
  const rates = Array.from({ length: rounds }, () => {
    const started = performance.now();
    work();
    return count / ((performance.now() - started) / 1000);
  });
  return median(rates);
}

function packetsInMemory(count: number): Packets {
  const flows = Math.ceil(count / PACKETS_PER_FLOW);
  const stream = mixedTraffic({ packets: count, flows, seconds: 60, seed: 1 });
  const view = new DataView(new ArrayBuffer(count * SNAP_BYTES));
  const packets = {
    count,
    view,
    timeUs: new Float64Array(count),
    captured: new Uint16Array(count),
    wire: new Uint16Array(count),
  };
  const frame = new Frame(view, SNAP_BYTES);
  for (let index = 0; index < count; index++) {
    packets.timeUs[index] = START_US + stream.dueUs;
    frame.offset = index * SNAP_BYTES;
    stream.write(frame);
    packets.captured[index] = frame.capturedBytes;
    packets.wire[index] = frame.wireBytes;
  }
  return packets;
}

function decodeAll({ count, view, captured, wire }: Packets): void {
  const headers = new Headers();
  for (let index = 0; index < count; index++) {
    const offset = index * SNAP_BYTES;
    decodePacket(view, offset, offset + captured[index]!, wire[index]!, ETHERNET, headers);
  }
}

function batchesOf({ count, view, timeUs, captured, wire }: Packets): Batch[] {
  const batches: Batch[] = [];
  const reporter = new BatchReporter({ source: 'bench', run: START_US }, { next: 0 }, 16_384, (batch) => {
    batches.push(batch);
  });
  const options = { flowsMax: 1_000_000, statusUs: 5_000_000, features: NO_FEATURES, seed: 1 };
  const table = new FlowTable(options, reporter);
  const group = new PacketGroup();
  group.view = view;
  for (let first = 0; first < count; first += GROUP_PACKETS) {
    group.count = Math.min(GROUP_PACKETS, count - first);
    for (let at = 0; at < group.count; at++) {
      const index = first + at;
      const offset = index * SNAP_BYTES;
      decodePacket(view, offset, offset + captured[index]!, wire[index]!, ETHERNET, group.headers[at]!);
      group.timeUs[at] = timeUs[index]!;
      group.wire[at] = wire[index]!;
      group.linkType[at] = ETHERNET;
    }
    table.add(group);
  }
  table.flush();
  reporter.flush();
  return batches;
}
