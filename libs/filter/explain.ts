import { formatIPv4, formatIPv6 } from '../address/ip.ts';
import { formatMac } from '../address/mac.ts';
import { printable } from '../core/sanitize.ts';
import { IPV4_ADDRESS, MAC_ADDRESS } from '../packet/headers.ts';
import { MANAGEMENT_BATCH } from '../record/batch.ts';
import { STORED_BY_NUMBER } from '../record/fields/stored.ts';
import { fieldByName } from '../record/fields/table.ts';
import type { AddressNode, Interval, Lanes, Node, TimeNode } from './ast.ts';

/**
 * How a filter was understood: a line a test, with the fields that it asks, their values in the units that people see.
 * @param fields numbers of the stored fields that it reads
 */
export function explain(node: Node, fields: ReadonlySet<number>): string {
  const names = [...fields].map((number) => STORED_BY_NUMBER.get(number)?.name ?? String(number));
  const reads = names.length === 0 ? 'no field' : names.join(' ');
  return [...lines(node), `reads: ${reads}`].map(printable).join('\n');
}

const RELATIONS = { intersects: 'meets', includes: 'includes', contained: 'lies in' } as const;

function lines(node: Node): string[] {
  switch (node.kind) {
    case 'and':
    case 'or':
      return [node.kind === 'and' ? 'all of' : 'any of', ...node.terms.flatMap(lines).map((line) => `  ${line}`)];
    case 'not':
      return ['not', ...lines(node.term).map((line) => `  ${line}`)];
    default:
      return [leaf(node)];
  }
}

function leaf(node: Exclude<Node, { readonly kind: 'and' | 'or' | 'not' }>): string {
  switch (node.kind) {
    case 'all':
      return 'every record';
    case 'nothing':
      return `no record (${node.why})`;
    case 'record':
      return node.type === MANAGEMENT_BATCH ? 'a management record' : 'a flow record';
    case 'source':
      return `srcid = ${node.source}`;
    case 'range':
      return `${node.field} ${rangeText(node.field, node, node.inside)}`;
    case 'list':
      return `${node.field} in ${node.intervals.map((interval) => intervalText(node.field, interval)).join(', ')}`;
    case 'bits':
      return `${node.field} has a bit of 0x${(node.mask >>> 0).toString(16)}`;
    case 'present':
      return `has ${node.field}`;
    case 'address':
      return `${node.field} ${prefixText(node)}`;
    case 'addresses':
      return `${node.field} from ${addressText(node, node.low)} to ${addressText(node, node.high)}`;
    case 'text':
      return `${node.field} ${node.inside ? '=' : '!='} ${node.wanted.map((text) => JSON.stringify(text)).join(' or ')}`;
    case 'pattern':
      return `${node.field} ${node.inside ? '~' : '!~'} ${JSON.stringify(node.pattern)}`;
    case 'time':
      return timeText(node);
  }
}

function timeText({ relation, moments, text }: TimeNode): string {
  const { only } = moments;
  if (only === undefined) return `time ${RELATIONS[relation]} one of ${text}`;
  return `time ${RELATIONS[relation]} ${isoText(only.startUs)} up to ${isoText(only.endUs)}`;
}

/** Beyond what a `Date` holds there is nothing to show. */
function isoText(us: number): string {
  const ms = us / 1000;
  return Math.abs(ms) > 8.64e15 ? 'for ever' : new Date(ms).toISOString();
}

function rangeText(field: string, { low, high }: Interval, inside: boolean): string {
  if (low === -Infinity && high === Infinity) return 'has any value';
  if (high === Infinity) return boundText(field, low, previous(low), '>=', '>');
  if (low === -Infinity) return boundText(field, high, -previous(-high), '<=', '<');
  const values = intervalText(field, { low, high });
  return low === high ? `${inside ? '=' : '!='} ${values}` : `${inside ? 'in' : 'not in'} ${values}`;
}

/** A bound that is next to a rounder number comes of a comparison without equality. */
function boundText(field: string, bound: number, beside: number, closed: string, open: string): string {
  const isOpen = String(beside).length < String(bound).length;
  return isOpen ? `${open} ${valueText(field, beside)}` : `${closed} ${valueText(field, bound)}`;
}

const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/** The greatest double below `value`, or `value` where there is none. */
function previous(value: number): number {
  if (!Number.isFinite(value)) return value;
  if (value === 0) return -Number.MIN_VALUE;
  double[0] = value;
  bits[0]! += value > 0 ? -1n : 1n;
  return double[0];
}

function intervalText(field: string, { low, high }: Interval): string {
  return low === high ? valueText(field, low) : `${valueText(field, low)} to ${valueText(field, high)}`;
}

function valueText(name: string, held: number): string {
  const field = fieldByName(name);
  const { scale = 1, unit, names, format } = field ?? {};
  const word = names?.[held];
  if (word !== undefined) return `${held} (${word})`;
  if (format === 'time') return `${isoText(held)} (${held * scale})`;
  if (format === 'hex16') return `0x${held.toString(16).padStart(4, '0')}`;
  const shown = scale === 1 ? held : Number((held * scale).toPrecision(15));
  return unit === undefined ? String(shown) : `${shown} ${unit}`;
}

function addressText({ family }: { readonly family: number }, lanes: Lanes): string {
  if (family === IPV4_ADDRESS) return formatIPv4(lanes[3]);
  return family === MAC_ADDRESS ? formatMac(lanes[2], lanes[3]) : formatIPv6(lanes[0], lanes[1], lanes[2], lanes[3]);
}

function prefixText(node: AddressNode): string {
  const { family, lanes, masks } = node;
  const address = addressText(node, lanes);
  if (family === MAC_ADDRESS)
    return masks[2] === 0xffff ? `= ${address}` : `in ${address} mask ${addressText(node, masks)}`;
  const words = (family === IPV4_ADDRESS ? [masks[3]] : masks)
    .map((mask) => mask.toString(2).padStart(32, '0'))
    .join('');
  if (!words.includes('0')) return `= ${address}`;
  if (words.includes('01')) return `in ${address} mask ${addressText(node, masks)}`;
  return `in ${address}/${words.replaceAll('0', '').length}`;
}
