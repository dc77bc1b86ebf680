/** A section of the records of one shape. */
export interface ShapeSection {
  readonly type: number;
  readonly subtype: number;
  readonly qualifier: number;
  /** From the beginning of the record. */
  readonly at: number;
  readonly bytes: number;
}

/** Where the counters are. */
export interface Counters {
  /** Of each side, from the beginning of the record: 0 of one that is silent. */
  readonly ats: readonly [number, number];
  readonly width: 1 | 2 | 4;
  readonly hasPayload: boolean;
}

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
