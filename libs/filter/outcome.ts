import { FIELD_NUMBERS_MAX, FLOW_BATCH, MANAGEMENT_BATCH } from '../record/batch.ts';
import type { DerivedField, Value } from '../record/fields/field.ts';
import { STORED_FIELDS } from '../record/fields/stored.ts';
import { fieldByName, FIELDS, isStored } from '../record/fields/table.ts';
import { IPV4_ADDRESS } from '../packet/headers.ts';
import type { AddressNode, Interval, Lanes, Node, TimeNode } from './ast.ts';
import { compareLanes } from './values.ts';
import type { AddressZone, FamilyZone, FieldZone, NumberZone, Zone } from './zone.ts';

/** Whether some record of a block may match, and whether some may fail to: both where it depends on the record. */
export interface Outcome {
  readonly canMatch: boolean;
  readonly canFail: boolean;
}

const STIME = STORED_FIELDS.stime.number;
const DUR = STORED_FIELDS.dur.number;
const LTIME = FIELDS.ltime.number;

const EITHER: Outcome = { canMatch: true, canFail: true };
const ALWAYS: Outcome = { canMatch: true, canFail: false };
const NEVER: Outcome = { canMatch: false, canFail: true };

/** What may become of the records of a block; errs to the side of `true`. */
export function outcomeOf(node: Node, zone: Zone): Outcome {
  switch (node.kind) {
    case 'all':
      return ALWAYS;
    case 'nothing':
      return NEVER;
    case 'and':
      return ofAll(node.terms, zone);
    case 'or':
      return ofAny(node.terms, zone);
    case 'not': {
      const { canMatch, canFail } = outcomeOf(node.term, zone);
      return { canMatch: canFail, canFail: canMatch };
    }
    case 'record':
      return zone.kind === undefined ? EITHER : zone.kind === node.type ? ALWAYS : NEVER;
    case 'source':
      return zone.source === undefined ? EITHER : zone.source === node.source ? ALWAYS : NEVER;
    case 'time':
      return timeOutcome(node, zone);
    case 'range':
    case 'list':
    case 'bits':
    case 'present':
    case 'address':
    case 'addresses':
    case 'text':
    case 'pattern':
      return fieldOutcome(node, zone);
  }
}

/** Ends with the first term that no record can match. */
function ofAll(terms: readonly Node[], zone: Zone): Outcome {
  let canFail = false;
  for (const term of terms) {
    const outcome = outcomeOf(term, zone);
    if (!outcome.canMatch) return NEVER;
    canFail ||= outcome.canFail;
  }
  return canFail ? EITHER : ALWAYS;
}

/** Ends with the first term that every record matches. */
function ofAny(terms: readonly Node[], zone: Zone): Outcome {
  let canMatch = false;
  for (const term of terms) {
    const outcome = outcomeOf(term, zone);
    if (!outcome.canFail) return ALWAYS;
    canMatch ||= outcome.canMatch;
  }
  return canMatch ? EITHER : NEVER;
}

type FieldNode = Extract<Node, { readonly field: string }>;

function fieldOutcome(node: FieldNode, zone: Zone): Outcome {
  const known = zoneOfField(node.field, zone);
  if (known === undefined) return EITHER;
  if (known.kind === 'absent') return NEVER;
  switch (node.kind) {
    case 'present':
      return known.complete ? ALWAYS : EITHER;
    case 'range':
      if (known.kind !== 'number') return EITHER;
      return node.inside ? insideOutcome([node], known) : outsideOutcome(node, known);
    case 'list':
      return known.kind === 'number' ? insideOutcome(node.intervals, known) : EITHER;
    case 'bits':
      return known.kind === 'number' && known.max === 0 ? NEVER : EITHER;
    case 'address':
      return known.kind === 'address' ? addressOutcome(node, known) : EITHER;
    case 'addresses':
      return known.kind === 'address' ? boundsOutcome(node.family, node.low, node.high, known) : EITHER;
    case 'text':
    case 'pattern':
      return EITHER;
  }
}

/** What is known of a field; of a computed one also that it is absent because something that it needs is. */
function zoneOfField(name: string, zone: Zone): FieldZone | undefined {
  if (name.startsWith('@')) return undefined;
  const field = fieldByName(name);
  if (field === undefined) return undefined;
  const known = zone.fields.get(field.number);
  if (isStored(field)) return field.absent === undefined ? known : withDefault(known, field.absent, zone);
  return known ?? (isSurelyAbsent(field, zone) ? ABSENT : undefined);
}

const ABSENT: FieldZone = { kind: 'absent' };

/** @param absent what it means that a flow record has no value */
function withDefault(known: FieldZone | undefined, absent: number, { kind }: Zone): FieldZone | undefined {
  if (known === undefined || kind === MANAGEMENT_BATCH) return known;
  const isFlows = kind === FLOW_BATCH;
  if (known.kind === 'absent') return { kind: 'number', min: absent, max: absent, complete: isFlows };
  if (known.kind !== 'number') return known;
  return {
    ...known,
    min: Math.min(known.min, absent),
    max: Math.max(known.max, absent),
    complete: known.complete && isFlows,
  };
}

/** Something that it needs is absent, or all that it may use. */
function isSurelyAbsent(field: DerivedField, zone: Zone): boolean {
  const isAbsent = (input: string): boolean => zoneOfField(input.replace(/\?$/, ''), zone)?.kind === 'absent';
  if (field.from.some((input) => !input.endsWith('?') && isAbsent(input))) return true;
  const nothing = field.compute as (...values: undefined[]) => Value;
  return field.from.every((input) => input.endsWith('?') && isAbsent(input)) && nothing() === undefined;
}

function insideOutcome(intervals: readonly Interval[], { min, max, complete }: NumberZone): Outcome {
  return {
    canMatch: intervals.some(({ low, high }) => low <= max && high >= min),
    canFail: !complete || !intervals.some(({ low, high }) => low <= min && high >= max),
  };
}

function outsideOutcome({ low, high }: Interval, { min, max, complete }: NumberZone): Outcome {
  return { canMatch: min < low || max > high, canFail: !complete || (low <= max && high >= min) };
}

function addressOutcome(node: AddressNode, zone: AddressZone): Outcome {
  const { family } = node;
  const { low, high, exact, isPrefix } = boundsOf(node);
  const outcome = boundsOutcome(family, low, high, zone);
  const isHeld = !exact || zone.mayHold === undefined || zone.mayHold(family, low);
  return { canMatch: outcome.canMatch && isHeld, canFail: outcome.canFail || !isPrefix };
}

interface Bounds {
  readonly low: Lanes;
  readonly high: Lanes;
  /** One address. */
  readonly exact: boolean;
  /** All addresses between the bounds are meant. */
  readonly isPrefix: boolean;
}

/** Of the nodes of filters in use, which are asked of many blocks. */
const boundsByNode = new WeakMap<AddressNode, Bounds>();

/** The least and the greatest address that agrees with `lanes` under `masks`. */
function boundsOf(node: AddressNode): Bounds {
  let bounds = boundsByNode.get(node);
  if (bounds === undefined) boundsByNode.set(node, (bounds = computeBounds(node)));
  return bounds;
}

function computeBounds({ family, lanes, masks }: AddressNode): Bounds {
  const isIPv4 = family === IPV4_ADDRESS;
  // The lanes that an address of IPv4 has before its own are left out of the test.
  const mask = (k: 0 | 1 | 2 | 3): number => (isIPv4 && k < 3 ? 0xffff_ffff : masks[k]);
  const low: Lanes = isIPv4 ? [0, 0, 0xffff, lanes[3]] : lanes;
  const top = (k: 0 | 1 | 2 | 3): number => (low[k] | ~mask(k)) >>> 0;
  const high: Lanes =
    family === 1 ? [0, 0, (lanes[2] | (~masks[2] & 0xffff)) >>> 0, top(3)] : [top(0), top(1), top(2), top(3)];
  const bits = ([0, 1, 2, 3] as const).map((k) => (family === 1 && k < 2 ? 0xffff_ffff : mask(k)));
  if (family === 1) bits[2] = (bits[2]! | 0xffff_0000) >>> 0;
  const text = bits.map((lane) => lane.toString(2).padStart(32, '0')).join('');
  return { low, high, exact: !text.includes('0'), isPrefix: !text.includes('01') };
}

function boundsOutcome(family: number, low: Lanes, high: Lanes, { families, complete }: AddressZone): Outcome {
  if (families === undefined) return EITHER;
  const known = families.find((one) => one.family === family);
  if (known === undefined) return NEVER;
  const isAll = complete && families.length === 1 && holds(low, high, known);
  return { canMatch: compareLanes(low, known.max) <= 0 && compareLanes(high, known.min) >= 0, canFail: !isAll };
}

function holds(low: Lanes, high: Lanes, { min, max }: FamilyZone): boolean {
  return compareLanes(low, min) <= 0 && compareLanes(high, max) >= 0;
}

function timeOutcome({ moments, relation }: TimeNode, { fields }: Zone): Outcome {
  const first = fields.get(STIME);
  if (first?.kind !== 'number') return first?.kind === 'absent' ? NEVER : EITHER;
  const interval = moments.after(first.min);
  if (interval === undefined) return NEVER;
  // Whatever the relation, a record that lies so to an interval meets it.
  const duration = fields.get(DUR);
  if (interval.startUs > latestUs(first, duration, fields.get(LTIME))) return NEVER;
  const isAll =
    relation === 'intersects' && first.complete && interval.startUs <= first.min && first.max < interval.endUs;
  return isAll && duration?.kind === 'number' && duration.complete ? ALWAYS : EITHER;
}

/** No record's last packet is later, microseconds since the epoch; Infinity when it cannot be told, -Infinity when none has one. */
function latestUs(first: NumberZone, duration: FieldZone | undefined, last: FieldZone | undefined): number {
  if (last?.kind === 'number') return last.max;
  if (last?.kind === 'absent' || duration?.kind === 'absent') return -Infinity;
  return duration?.kind === 'number' ? first.max + Math.max(0, duration.max) / 1000 + 1 : Infinity;
}

/** Fields that management records may have. */
const MANAGEMENT_NUMBERS: ReadonlySet<number> = new Set(
  Object.entries(STORED_FIELDS)
    .filter(
      ([name, { group }]) =>
        group === 'management' || group === 'reading' || ['cause', 'stime', 'stimens', 'dur'].includes(name),
    )
    .map(([, { number }]) => number),
);

/** What is known of management records whatever they hold: fields that only flows have are absent. */
export const MANAGEMENT_ZONE: Zone = {
  kind: MANAGEMENT_BATCH,
  source: undefined,
  fields: {
    get: (number) => (number >= FIELD_NUMBERS_MAX || MANAGEMENT_NUMBERS.has(number) ? undefined : ABSENT),
  },
};
