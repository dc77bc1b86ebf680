import { SIDED, SINGLE } from './flow-record.ts';
import { NETWORK } from './format.ts';
import { FIRST_HALF_AT, gapOf, HALF_BYTES, NS_PER_US, OPTIONS_MASK, OPTIONS_SHIFT, scaledWindow, tcpStateOf, WITH_SEGMENT_SIZE } from './network-section.ts'; // prettier-ignore
import type { ShapePlan, Take } from './shape-plan.ts';
import type { ShapeSection } from './shape-section.ts';
import { takeBytes, takeLongs, takeLongsButZero } from './shape-takes.ts';

/** The section NETWORK of TCP. @returns false of other kinds that may mean something */
export function planNetwork(section: ShapeSection, plan: ShapePlan): boolean {
  const { subtype, qualifier, bytes } = section;
  if (bytes < 8 || subtype === 0 || subtype === NETWORK.icmp) return true;
  if (qualifier === WITH_SEGMENT_SIZE) return false;
  if (subtype === NETWORK.tcpInit && bytes >= 20) planInit(section, plan);
  else if (subtype === NETWORK.tcpStatus && bytes >= 12) planStatus(section, plan);
  else if (subtype === NETWORK.tcpPerformance && bytes >= FIRST_HALF_AT + 2 * HALF_BYTES)
    planPerformance(section, plan);
  else return false;
  return true;
}

function planInit({ at }: ShapeSection, plan: ShapePlan): void {
  planState(at + 4, plan);
  planOptions(at + 12, plan);
  planSide(plan, 0, at + 8, at + 16, at + 18);
}

function planStatus({ at }: ShapeSection, plan: ShapePlan): void {
  planState(at + 4, plan);
  for (const side of [0, 1] as const) if (plan.sides[side]) plan.add(takeBytes, at + 8 + side, SIDED.tcpFlags + side);
}

function planPerformance({ at }: ShapeSection, plan: ShapePlan): void {
  planState(at + 4, plan);
  planOptions(at + 12, plan);
  plan.add(takeLongsButZero, at + 16, SINGLE.synAck, NS_PER_US);
  plan.add(takeLongsButZero, at + 20, SINGLE.ackData, NS_PER_US);
  for (const side of [0, 1] as const) {
    const half = at + FIRST_HALF_AT + side * HALF_BYTES;
    planSide(plan, side, half + 12, half + 44, half + 46);
    plan.add(takeLongs, half + 32, SIDED.retransmitted + side);
    plan.add(takeGaps, half, SIDED.gap + side, half + 32);
  }
}

/** @param retransmittedAt where there are some, nothing is said of gaps */
const takeGaps: Take = (run, half, slot, retransmittedAt) => {
  if (!run.wants(slot)) return;
  const { view, count } = run;
  const words = run.longs(retransmittedAt);
  for (let i = 0; i < count; i++) words[i] = words[i] === 0 ? gapOf(view, run.offset(i) + half) : 0;
  run.put(slot, words);
};

function planState(at: number, plan: ShapePlan): void {
  plan.statusAt = at;
  plan.add(takeStates, at, SINGLE.tcpState);
}

const takeStates: Take = (run, at, slot) => {
  if (!run.wants(slot)) return;
  const words = run.longs(at);
  for (let i = 0; i < run.count; i++) words[i] = tcpStateOf(words[i]!);
  run.put(slot, words);
};

function planOptions(at: number, plan: ShapePlan): void {
  plan.optionsAt = at;
  plan.add(takeOptions, at, SINGLE.tcpOptions);
}

const takeOptions: Take = (run, at, slot) => {
  if (!run.wants(slot)) return;
  const words = run.longs(at);
  for (let i = 0; i < run.count; i++) words[i] = (words[i]! >>> OPTIONS_SHIFT) & OPTIONS_MASK;
  run.put(slot, words);
};

/** First sequence number, flags and window, of which a side that sent nothing has no flags and no window. */
function planSide(plan: ShapePlan, side: 0 | 1, baseAt: number, windowAt: number, flagsAt: number): void {
  if (!plan.sides[side]) return plan.add(takeLongsButZero, baseAt, SIDED.tcpBase + side, 1);
  plan.add(takeLongs, baseAt, SIDED.tcpBase + side);
  plan.add(takeBytes, flagsAt, SIDED.tcpFlags + side);
  plan.add(takeWindows, windowAt, SIDED.window + side, windowAt + 3);
}

const takeWindows: Take = (run, at, slot, shiftAt) => {
  if (!run.wants(slot)) return;
  const { otherWords } = run;
  const words = run.shorts(at);
  run.bytes(shiftAt, otherWords);
  for (let i = 0; i < run.count; i++) words[i] = scaledWindow(words[i]!, otherWords[i]!);
  run.put(slot, words);
};
