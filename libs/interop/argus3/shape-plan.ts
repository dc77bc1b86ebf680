import type { ShapeRun } from './shape-run.ts';

/** A section of the records of one shape. */
export interface ShapeSection {
  readonly type: number;
  readonly subtype: number;
  readonly qualifier: number;
  /** From the beginning of the record. */
  readonly at: number;
  readonly bytes: number;
}

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

/** Where the counters are. */
export interface Counters {
  /** Of each side, from the beginning of the record: 0 of one that is silent. */
  readonly ats: readonly [number, number];
  readonly width: 1 | 2 | 4;
  readonly hasPayload: boolean;
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

const PAIRS = 0x01;
const TRIPLES = 0x04;
const WIDTHS = [1, 2, 4] as const;

/** Undefined where not all of them are there, or are too wide. */
export function countersOf({ subtype, qualifier, at, bytes }: ShapeSection): Counters | undefined {
  const size = qualifier & 0x0f;
  const width = WIDTHS[(size - 1) & 3];
  if (size === 0 || size > 12 || width === undefined) return undefined;
  const hasPayload = (subtype & PAIRS) === 0 && (subtype & TRIPLES) !== 0;
  const each = (hasPayload ? 3 : 2) * width;
  const hasSource = size <= 8;
  const hasDestination = size <= 4 || size > 8;
  if (4 + each * (hasSource && hasDestination ? 2 : 1) > bytes) return undefined;
  const from = at + 4;
  return { ats: [hasSource ? from : 0, !hasDestination ? 0 : hasSource ? from + each : from], width, hasPayload };
}
