import type { MayHold } from '../../archive/frame-file.ts';
import type { Zones } from '../../codec/zones.ts';
import type { Filter } from '../../filter/compile.ts';
import type { FieldZone } from '../../filter/zone.ts';
import { STORED_BY_NUMBER, STORED_FIELDS } from '../../record/fields/stored.ts';
import { isNumeric } from '../../record/kinds.ts';

/** Tells by what frames say of themselves which of them a filter need not look at. */
export function mayHoldOf({ mayMatch }: Filter): MayHold {
  return (zones, kind) => mayMatch({ kind, source: undefined, fields: { get: (number) => zoneOf(zones, number) } });
}

function zoneOf(zones: Zones, number: number): FieldZone | undefined {
  if (number === STORED_FIELDS.saddr.number || number === STORED_FIELDS.daddr.number)
    return { kind: 'address', families: undefined, complete: false, mayHold: (...address) => zones.mayHaveAddress(...address) }; // prettier-ignore
  const kind = STORED_BY_NUMBER.get(number)?.field.kind;
  if (kind === undefined || !isNumeric(kind)) return undefined;
  const range = zones.range(number);
  if (range === undefined) return { kind: 'absent' };
  return { kind: 'number', min: range.least, max: range.greatest, complete: range.isComplete };
}
