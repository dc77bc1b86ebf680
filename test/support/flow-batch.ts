import type { Batch } from '../../libs/record/batch.ts';
import { FLOW_BATCH } from '../../libs/record/batch.ts';
import { BatchBuilder } from '../../libs/record/builder.ts';
import { CAUSE } from '../../libs/record/fields/field.ts';
import { STORED_FIELDS, type StoredName } from '../../libs/record/fields/stored.ts';
import { isNumeric } from '../../libs/record/kinds.ts';
import { Random } from '../../libs/synthetic/random.ts';
import { ORIGIN } from './batches.ts';

export interface FlowBatchSettings {
  readonly rows: number;
  readonly seed: number;
  /** Every flow has three records, as long flows have; otherwise each record is of a flow of its own. */
  readonly repeats?: boolean;
}

/**
 * Flow records as a busy probe writes them: 7 of 10 TCP, the rest UDP without the TCP fields; sequence numbers, IP ids,
 * client ports, windows random; times rising with some disorder.
 */
export function flowBatch({ rows, seed, repeats = false }: FlowBatchSettings): Batch {
  const random = new Random(seed);
  const upTo = (limit: number): number => random.between(0, limit - 1);
  const builder = new BatchBuilder(rows);
  const set = (name: StoredName, row: number, value: number): void => {
    const { number, kind } = STORED_FIELDS[name];
    if (isNumeric(kind)) builder.number(number, kind).set(row, value);
  };
  for (let row = 0; row < rows; row++) {
    builder.addRow();
    const flow = repeats ? row % Math.ceil(rows / 3) : row;
    const fixed = new Random(seed + flow * 7919);
    const isTcp = fixed.chance(0.7);
    const durationUs = upTo(random.chance(0.5) ? 5e6 : 2e5);
    set('flowid', row, 1 + flow + (repeats ? 0 : upTo(64)));
    set('cause', row, random.chance(0.6) ? CAUSE.close : CAUSE.status);
    set('stime', row, 1_767_225_600_000_000 + row * 500 + upTo(20_000) - durationUs);
    set('dur', row, durationUs * 1000);
    set('etype', row, 0x0800);
    set('ipproto', row, isTcp ? 6 : 17);
    builder.address(STORED_FIELDS.saddr.number).set(row, 4, 0, 0, 0xffff, 0x0a00_0000 + fixed.between(0, 4095));
    builder.address(STORED_FIELDS.daddr.number).set(row, 4, 0, 0, 0xffff, 0xc0a8_0000 + fixed.between(0, 19_999));
    set('sport', row, 1024 + fixed.between(0, 63_999));
    set('dport', row, [443, 443, 443, 80, 22, 53][fixed.between(0, 5)]!);
    for (const side of ['s', 'd'] as const) {
      const packets = 1 + Math.floor(-Math.log(1 - random.fraction()) * 20);
      set(`${side}pkts`, row, packets);
      set(`${side}bytes`, row, packets * 60 + upTo(packets * 1400));
      set(`${side}ttl`, row, [64, 128, 55][fixed.between(0, 2)]!);
      set(`${side}tos`, row, 0);
      set(`${side}ipid`, row, upTo(65_536));
      set(`${side}encaps`, row, 1);
    }
    set('events', row, 0);
    if (isTcp) setTcp(set, row, fixed, upTo);
  }
  return builder.finish(FLOW_BATCH, ORIGIN, 0);
}

function setTcp(
  set: (name: StoredName, row: number, value: number) => void,
  row: number,
  fixed: Random,
  upTo: (limit: number) => number,
): void {
  set('tcpstate', row, [7, 63, 71][upTo(3)]!);
  for (const side of ['s', 'd'] as const) {
    set(`${side}flags`, row, [0x1b, 0x1a, 0x12][upTo(3)]!);
    set(`${side}tcpb`, row, fixed.between(0, 0xffff_ffff));
    set(`${side}win`, row, upTo(65_536));
  }
  set('tcpoptions', row, 31);
  set('synack', row, fixed.between(0, 199_999) * 1000);
  set('ackdat', row, fixed.between(0, 1999) * 1000);
}
