import { IPV4_ADDRESS } from '../packet/headers.ts';
import { STORED_BY_NUMBER } from '../record/fields/stored.ts';
import type { AddressNode, Node } from './ast.ts';
import type { Select } from './columns.ts';
import { storedNumberOf } from './fields.ts';

/** A part of a filter that records must match beside all others. */
export interface FilterStage {
  readonly select: Select;
  /** Numbers of the stored fields that it reads. */
  readonly fields: ReadonlySet<number>;
  /** Those that are addresses of which it reads no more than the last lane and the family. */
  readonly lastLanes: ReadonlySet<number>;
  /** What no record passes it without. */
  readonly needs: LaneTest | undefined;
}

/** One of some stored addresses has a value as its last lane. */
export interface LaneTest {
  /** Numbers of their fields. */
  readonly fields: readonly number[];
  readonly lane: number;
}

/** What no record passes a test without; undefined where that is nothing of the kind. */
export function laneNeededBy(node: Node): LaneTest | undefined {
  if (node.kind === 'or') {
    const tests = node.terms.map(laneNeededBy);
    const [first] = tests;
    if (first === undefined || tests.some((test) => test?.lane !== first.lane)) return undefined;
    return { fields: tests.flatMap((test) => test?.fields ?? []), lane: first.lane };
  }
  if (node.kind !== 'address' || node.masks[3] !== 0xffff_ffff) return undefined;
  const number = storedNumberOf(node.field);
  return number === undefined ? undefined : { fields: [number], lane: node.lanes[3] >>> 0 };
}

/** Whether the test is of the last lane alone, in which IPv4 addresses differ. */
export function isOfLastLane({ family, masks }: AddressNode): boolean {
  return family === IPV4_ADDRESS && masks[0] === 0 && masks[1] === 0 && masks[2] === 0;
}

/** Terms that say the same of every record of a block, one address, a time, one of many values; then what is true of many. */
const RANK = { block: 0, address: 1, time: 2, network: 3, value: 4, text: 5, some: 6, most: 7, pattern: 8 } as const;

/** The lower, the more likely a term leaves nothing of a block of records for little work. */
export function rankOf(node: Node): number {
  switch (node.kind) {
    case 'all':
    case 'nothing':
    case 'record':
    case 'source':
      return RANK.block;
    case 'address':
      return node.masks[3] === 0xffff_ffff ? RANK.address : RANK.network;
    case 'addresses':
      return RANK.network;
    case 'time':
      return RANK.time;
    case 'range':
      return node.inside && node.low === node.high && hasManyValues(node.field) ? RANK.value : RANK.some;
    case 'list':
    case 'bits':
    case 'present':
      return RANK.some;
    case 'text':
      return RANK.text;
    case 'pattern':
      return RANK.pattern;
    case 'not':
      return Math.max(RANK.most, rankOf(node.term));
    case 'and':
      return Math.min(...node.terms.map(rankOf));
    case 'or':
      return Math.max(...node.terms.map(rankOf));
  }
}

function hasManyValues(field: string): boolean {
  const number = storedNumberOf(field);
  const kind = number === undefined ? undefined : STORED_BY_NUMBER.get(number)?.field.kind;
  return kind === 'u16' || kind === 'u32' || kind === 'f64';
}
