import { SIDED, SINGLE } from './flow-record.ts';
import type { ShapePlan, Take } from './shape-plan.ts';
import type { ShapeSection } from './shape-section.ts';
import { NANOSECONDS, OF_SIDES, START_AND_DURATION } from './time-section.ts';

/** A range for the record in microseconds, with or without its end. What is made of it one by one, `settleTimes` tells. */
export function planTime({ at, subtype, qualifier, bytes }: ShapeSection, plan: ShapePlan): boolean {
  const words = bytes / 4 - 1;
  if ((subtype & OF_SIDES) !== 0 || qualifier === NANOSECONDS || words < 2) return false;
  if ((subtype & 7) === START_AND_DURATION && words >= 3) return false;
  const areTwo = plan.sides[0] && plan.sides[1];
  if (words < 4) plan.add(takeInstants, at + 4);
  else plan.add(areTwo ? takeRanges : takeRangesOfOne, at + 4, 0, plan.sides[0] ? 0 : 1);
  if (areTwo) plan.add(takeSides, 0);
  return true;
}

/** Starts that are ends. */
const takeInstants: Take = (run, at) => {
  run.put(SINGLE.stime, run.instants(at, run.starts));
  run.durations.fill(0, 0, run.count);
  run.putOne(SINGLE.duration, 0);
};

const takeRanges: Take = (run, at) => {
  const { starts, durations } = run;
  run.instants(at, starts);
  run.instants(at + 8, durations);
  for (let i = 0; i < run.count; i++) {
    const start = starts[i]!;
    const end = durations[i]!;
    starts[i] = Math.min(start, end);
    durations[i] = Math.abs(end - start) * 1000;
  }
  run.put(SINGLE.stime, starts);
  run.put(SINGLE.duration, durations);
};

/** A single packet was there when the record ends. */
const takeRangesOfOne: Take = (run, at, _slot, side) => {
  const { starts, durations } = run;
  const packets = run.packets(side, run.words);
  run.instants(at, starts);
  run.instants(at + 8, durations);
  for (let i = 0; i < run.count; i++) {
    const end = Math.max(starts[i]!, durations[i]!);
    const start = packets[i] === 1 ? end : Math.min(starts[i]!, durations[i]!);
    starts[i] = start;
    durations[i] = (end - start) * 1000;
  }
  run.put(SINGLE.stime, starts);
  run.put(SINGLE.duration, durations);
};

/** Of one packet each, first came the initiator's, last the answer. */
const takeSides: Take = (run) => {
  const { durations } = run;
  const sent = run.packets(0, run.words);
  const received = run.packets(1, run.otherWords);
  for (let i = 0; i < run.count; i++) {
    if (sent[i] !== 1 || received[i] !== 1) continue;
    run.set(i, SIDED.first, 0);
    run.set(i, SIDED.last, 0);
    run.set(i, SIDED.first + 1, durations[i]!);
    run.set(i, SIDED.last + 1, durations[i]!);
  }
};
