import { GROUP_PACKETS, PacketGroup } from '../../libs/flow/packet-group.ts';
import { BatchReporter } from '../../libs/flow/report.ts';
import { FlowTable } from '../../libs/flow/table.ts';
import { decodePacket } from '../../libs/packet/decode.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { STORED_FIELDS, type StoredName } from '../../libs/record/fields/stored.ts';
import { Random } from '../../libs/synthetic/random.ts';
import { mutator, type FuzzResult } from './packets.ts';
import { seedPackets } from './seeds.ts';

/** Problems told; a broken table would fill memory with them. */
const PROBLEMS_MAX = 20;
/** Packets that one table gets. */
const TABLE_PACKETS = 20_000;
const PACKET_BYTES = 4096;
const START_US = 1_700_000_000_000_000;
const SECOND_US = 1_000_000;
const DAY_US = 86_400 * SECOND_US;

/**
 * Mutated packets at wild times through decoders, flow tables with small limits, and batches. A problem is a throw, or
 * records whose packets and bytes do not add up to what went in.
 */
export async function fuzz(options: { seed: number; runs: number }): Promise<FuzzResult> {
  const random = new Random(options.seed);
  const mutate = mutator(options.seed, await seedPackets());
  const result: FuzzResult = { runs: 0, problems: [], slowestUs: 0 };
  while (result.runs < options.runs && result.problems.length < PROBLEMS_MAX) {
    const packets = Math.min(TABLE_PACKETS, options.runs - result.runs);
    const trouble = oneTable(random, mutate, packets, result);
    if (trouble !== '') result.problems.push(`packets ${result.runs} to ${result.runs + packets}: ${trouble}`);
    result.runs += packets;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return result;
}

/** What the records of a table add up to. */
class Sums {
  packets = 0;
  bytes = 0;
  emptyRecords = 0;
  next = 0;
  trouble = '';

  take(batch: Batch): void {
    if (batch.first !== this.next) this.trouble = `record ${batch.first} follows ${this.next - 1}`;
    this.next = batch.first + batch.covers;
    for (let row = 0; row < batch.rows; row++) {
      const packets = valueOf(batch, 'spkts', row) + valueOf(batch, 'dpkts', row);
      if (packets === 0) this.emptyRecords += 1;
      this.packets += packets;
      this.bytes += valueOf(batch, 'sbytes', row) + valueOf(batch, 'dbytes', row);
      const durationNs = valueOf(batch, 'dur', row);
      if (!(durationNs >= 0)) this.trouble = `a duration of ${durationNs} ns`;
    }
  }
}

function valueOf(batch: Batch, name: StoredName, row: number): number {
  const column = batch.columns[STORED_FIELDS[name].number];
  return column !== undefined && 'values' in column && column.has(row) ? column.values[row]! : 0;
}

/** Fills one table and empties it. Returns what is wrong with its records, or nothing. */
function oneTable(random: Random, mutate: ReturnType<typeof mutator>, packets: number, result: FuzzResult): string {
  const sums = new Sums();
  const hasEndRecords = random.chance(0.2);
  const reporter = new BatchReporter({ source: 'fuzz', run: START_US }, { next: 0 }, random.between(1, 300), (batch) =>
    sums.take(batch),
  );
  const table = new FlowTable(
    {
      flowsMax: random.between(16, 400),
      statusUs: random.between(1, 10) * SECOND_US,
      features: {
        appBytes: random.chance(0.5),
        timing: random.chance(0.5),
        macs: random.chance(0.5),
        response: random.chance(0.5),
        sizes: random.chance(0.5),
        app: random.chance(0.5),
        payloadBytes: random.chance(0.5) ? random.between(0, 200) : 0,
      },
      endRecords: hasEndRecords,
      seed: random.bits(),
    },
    reporter,
  );
  try {
    const bytes = feed(random, mutate, table, packets, result);
    table.flush();
    reporter.flush();
    if (table.flows !== 0) return `${table.flows} flows left after flush`;
    if (sums.packets !== packets) return `${sums.packets} packets in records, ${packets} fed`;
    if (sums.bytes !== bytes) return `${sums.bytes} bytes in records, ${bytes} fed`;
    if (sums.emptyRecords > 0 && !hasEndRecords) return `${sums.emptyRecords} records without packets`;
    return sums.trouble;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** Puts packets in, in groups. Returns their bytes on the wire. */
function feed(
  random: Random,
  mutate: ReturnType<typeof mutator>,
  table: FlowTable,
  packets: number,
  result: FuzzResult,
): number {
  const group = new PacketGroup();
  const whole = new DataView(new ArrayBuffer(GROUP_PACKETS * PACKET_BYTES));
  const rooms = Array.from(
    { length: GROUP_PACKETS },
    (_, index) => new DataView(whole.buffer, index * PACKET_BYTES, PACKET_BYTES),
  );
  group.view = whole;
  let bytes = 0;
  let nowUs = START_US;
  const lengths = new Uint32Array(GROUP_PACKETS);
  for (let left = packets; left > 0; left -= group.count) {
    group.count = Math.min(left, random.between(1, GROUP_PACKETS));
    for (let at = 0; at < group.count; at++) {
      const mutant = mutate(rooms[at]!);
      nowUs = later(nowUs, random);
      lengths[at] = mutant.length;
      group.timeUs[at] = nowUs;
      group.timeNs[at] = random.between(0, 999);
      group.wire[at] = mutant.wireBytes;
      group.linkType[at] = mutant.linkType;
      bytes += mutant.wireBytes;
    }
    const started = performance.now();
    for (let at = 0; at < group.count; at++) {
      const offset = at * PACKET_BYTES;
      decodePacket(whole, offset, offset + lengths[at]!, group.wire[at]!, group.linkType[at]!, group.headers[at]!);
    }
    table.add(group);
    if (random.chance(0.05)) table.advance(nowUs + random.between(0, 5 * SECOND_US));
    result.slowestUs = Math.max(result.slowestUs ?? 0, (1000 * (performance.now() - started)) / group.count);
  }
  return bytes;
}

/** Mostly a little later, now and then much later, a little earlier or in another year. */
function later(nowUs: number, random: Random): number {
  const draw = random.fraction();
  if (draw < 0.9) return nowUs + random.between(0, 50_000);
  if (draw < 0.98) return nowUs + random.between(0, 70 * SECOND_US);
  if (draw < 0.999) return Math.max(0, nowUs - random.between(0, 2 * SECOND_US));
  return Math.max(0, nowUs + (random.fraction() - 0.5) * 800 * DAY_US);
}
