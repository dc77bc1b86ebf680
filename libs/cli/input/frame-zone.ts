import type { FrameSummary, MayHold } from '../../codec/zones.ts';
import type { Filter } from '../../filter/compile.ts';
import type { FieldZone, Zone } from '../../filter/zone.ts';
import type { BatchKind } from '../../record/batch.ts';
import { OFFSET } from '../../record/fields/reading.ts';
import { STORED_BY_NUMBER, STORED_FIELDS } from '../../record/fields/stored.ts';
import { isNumeric } from '../../record/kinds.ts';

/** Tells by what frames say of themselves, and where they begin, which of them a filter need not look at. */
export function mayHoldOf({ mayMatch }: Filter): MayHold {
  // One for all frames, of which there may be many.
  let frame: FrameSummary | undefined;
  let offset = 0;
  const get = (number: number): FieldZone | undefined =>
    number === OFFSET ? { kind: 'number', min: offset, max: offset, complete: true } : frame && zoneOf(frame, number);
  const zone: { kind: BatchKind | undefined } & Zone = { kind: undefined, source: undefined, fields: { get } };
  return (summary, kind, at) => {
    frame = summary;
    offset = at;
    zone.kind = kind;
    return mayMatch(zone);
  };
}

const ADDRESSES: ReadonlySet<number> = new Set([STORED_FIELDS.saddr.number, STORED_FIELDS.daddr.number]);
const NUMERIC: ReadonlySet<number> = new Set(
  [...STORED_BY_NUMBER].filter(([, { field }]) => isNumeric(field.kind)).map(([number]) => number),
);
const ABSENT: FieldZone = { kind: 'absent' };

function zoneOf(zones: FrameSummary, number: number): FieldZone | undefined {
  if (NUMERIC.has(number)) {
    if (!zones.tells(number)) return undefined;
    const range = zones.range(number);
    if (range === undefined) return ABSENT;
    return { kind: 'number', min: range.least, max: range.greatest, complete: range.isComplete };
  }
  if (!ADDRESSES.has(number)) return undefined;
  const mayHold = (...address: Parameters<FrameSummary['mayHaveAddress']>): boolean => zones.mayHaveAddress(...address);
  return { kind: 'address', families: undefined, complete: false, mayHold };
}
