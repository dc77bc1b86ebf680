import { SECTION_TYPES, sectionName } from './sections.ts';

/** Names of the bits of `LOST`, from the lowest up. */
const LOST_NAMES = [
  'histograms of packet sizes',
  'histograms of times between packets',
  'statistics of aggregation',
  'RTP headers',
  'inner MPLS labels',
];

/** How often what came had no meaning in our fields. Plain counts, which other threads understand. */
export interface LeftOut {
  /** Sections by type. */
  readonly sections: Float64Array;
  /** What sections hold beside what they mean, by the bits of `LOST`. */
  readonly parts: Float64Array;
  /** Records by the high nibble of their type. */
  readonly records: Float64Array;
}

export function nothingLeftOut(): LeftOut {
  return {
    sections: new Float64Array(SECTION_TYPES),
    parts: new Float64Array(LOST_NAMES.length),
    records: new Float64Array(16),
  };
}

/** @param bits of `LOST` */
export function countLost({ parts }: LeftOut, bits: number, records = 1): void {
  for (let bit = 0; bit < LOST_NAMES.length; bit++) if ((bits & (1 << bit)) !== 0) parts[bit]! += records;
}

export function addLeftOut(to: LeftOut, { sections, parts, records }: LeftOut): void {
  sections.forEach((count, type) => (to.sections[type]! += count));
  parts.forEach((count, bit) => (to.parts[bit]! += count));
  records.forEach((count, type) => (to.records[type]! += count));
}

/** By name. */
export function nameLeftOut({ sections, parts, records }: LeftOut): ReadonlyMap<string, number> {
  const left = new Map<string, number>();
  sections.forEach((count, type) => count > 0 && left.set(sectionName(type), count));
  parts.forEach((count, bit) => count > 0 && left.set(LOST_NAMES[bit]!, count));
  records.forEach((count, type) => count > 0 && left.set(`records of type 0x${type.toString(16)}0`, count));
  return left;
}
