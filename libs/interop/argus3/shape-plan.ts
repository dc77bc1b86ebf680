import type { ShapeRun } from './shape-run.ts';
import type { Counters, ShapeSection } from './shape-section.ts';

/**
 * Reads something of all records of a shape.
 * @param at where, from the beginning of the record
 * @param slot of `FlowRecord.values` where it belongs, or what else it is about
 * @param extra what else there is to know
 */
export type Take = (run: ShapeRun, at: number, slot: number, extra: number) => void;

/** One `Take`, with what it is told. No closure, for each of those would be compiled by itself. */
export interface Step {
  readonly take: Take;
  readonly at: number;
  readonly slot: number;
  readonly extra: number;
}

/** How the records of a shape are read: what planners of sections know and add to. */
export class ShapePlan {
  readonly version: number;
  readonly protocol: number;
  /** Undefined where nobody wants them. */
  readonly counters: Counters | undefined;
  /** Sides that sent something, as far as is known. */
  readonly sides: readonly [boolean, boolean];
  readonly steps: Step[] = [];
  /** Bits of `events` that all records have. */
  events = 0;
  /** Where more events are to be read: from status and options of TCP, 0 for nowhere. */
  statusAt = 0;
  optionsAt = 0;
  /** Bits of `LOST`. */
  lost = 0;

  constructor(version: number, protocol: number, counters: Counters | undefined) {
    this.version = version;
    this.protocol = protocol;
    this.counters = counters;
    this.sides = [counters?.ats[0] !== 0, counters?.ats[1] !== 0];
  }

  add(take: Take, at: number, slot = 0, extra = 0): void {
    this.steps.push({ take, at, slot, extra });
  }
}

/** Adds the steps for one section. @returns false where records with such a section are to be read one by one */
export type Planner = (section: ShapeSection, plan: ShapePlan) => boolean;
