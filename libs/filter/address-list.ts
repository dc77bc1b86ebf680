import { IPV4_ADDRESS } from '../packet/headers.ts';
import type { AddressColumn } from '../record/columns.ts';
import type { AddressNode, Lanes, Node } from './ast.ts';
import { keepPresent, type Select } from './columns.ts';
import { storedNumberOf } from './fields.ts';
import { isOfLastLane } from './stages.ts';

/*
 * `host in (…)` of many addresses asks the same column again and again. Looked up all at once, four thousand take as long as
 * a few.
 */

/** Fewer are looked for one by one. */
const ADDRESSES_MIN = 4;
const ALL = 0xffff_ffff;

/** Some addresses of one family, any of which a field may have. */
export interface AddressList {
  /** Number of the stored field. */
  readonly field: number;
  readonly family: number;
  readonly wanted: readonly [AddressNode, ...AddressNode[]];
}

/** Those of some terms, one of which is to be true, that ask a stored field for whole addresses; and the others. */
export function addressLists(terms: readonly Node[]): {
  readonly lists: readonly AddressList[];
  readonly rest: Node[];
} {
  const groups = new Map<string, [AddressNode, ...AddressNode[]]>();
  const rest: Node[] = [];
  for (const term of terms) {
    const isWhole = term.kind === 'address' && term.masks[3] === ALL;
    if (!isWhole) {
      rest.push(term);
      continue;
    }
    const key = `${term.family} ${term.masks.join(' ')} ${term.field}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [term]);
    else group.push(term);
  }
  const lists: AddressList[] = [];
  for (const wanted of groups.values()) {
    const [{ field, family }] = wanted;
    const number = storedNumberOf(field);
    if (number === undefined || wanted.length < ADDRESSES_MIN) rest.push(...wanted);
    else lists.push({ field: number, family, wanted });
  }
  return { lists, rest };
}

/** Rows whose address is one of a list. */
export function selectAddressList({ field, family, wanted }: AddressList): Select {
  const [{ masks }] = wanted;
  const byLastLane = new Map<number, AddressNode[]>();
  for (const node of wanted) {
    const lane = node.lanes[3] >>> 0;
    const near = byLastLane.get(lane);
    if (near === undefined) byLastLane.set(lane, [node]);
    else near.push(node);
  }
  const lastLaneSays = family === IPV4_ADDRESS && isOfLastLane(wanted[0]);
  return (batch, rows, count) => {
    const column = batch.columns[field] as AddressColumn | undefined;
    if (column === undefined) return 0;
    const present = keepPresent(column.valid, rows, count);
    let kept = 0;
    for (let i = 0; i < present; i++) {
      const row = rows[i]!;
      const near = byLastLane.get(column.lane(3, row) >>> 0);
      rows[kept] = row;
      if (near === undefined || column.familyOf(row) !== family) continue;
      kept += Number(lastLaneSays || near.some(({ lanes }) => agrees(column, row, lanes, masks)));
    }
    return kept;
  };
}

function agrees(column: AddressColumn, row: number, lanes: Lanes, masks: Lanes): boolean {
  return ([0, 1, 2] as const).every((k) => ((column.lane(k, row) ^ lanes[k]) & masks[k]) === 0);
}
