import { ENCAPSULATION, IPV4_ADDRESS, IPV6_ADDRESS, MAC_ADDRESS } from '../../packet/headers.ts';
import { EVENT } from '../../record/fields/field.ts';
import { ETHERTYPE } from '../../record/fields/protocol.ts';
import { BLOCK_WORDS, INTERVALS, intervalUnit, intervalWords, setIntervals } from './counter-sections.ts';
import { ADDRESS, LOST, SIDED, SINGLE, SLOTS } from './flow-record.ts';
import { KEY_FAMILY, KEY_MASKS, KEY_REVERSED, SECTION } from './format.ts';
import { hasIPv6Masks, IPV4_MASKS_AT, ipv4Mask, ipv6Mask } from './key-masks.ts';
import { ADDRESSES_CHANGED, ATTRIBUTES, ENCAPSULATIONS, translate } from './link-sections.ts';
import type { Planner, ShapePlan, Take } from './shape-plan.ts';
import type { ShapeSection } from './shape-section.ts';
import { planNetwork } from './shape-tcp.ts';
import { takeBytes, takeLittleShorts, takeLongs, takeOne, takeShorts } from './shape-takes.ts';
import { planTime } from './shape-time.ts';
import { hasSequence } from './transport-section.ts';

/** Every section that many records are read of at once. What each does to one record, its decoder does: see `sections.ts`. */
export const PLANNERS: ReadonlyMap<number, Planner> = new Map([
  [SECTION.transport, planTransport],
  [SECTION.flow, planKey],
  [SECTION.time, planTime],
  [SECTION.metric, planCounters],
  [SECTION.network, planNetwork],
  [SECTION.packetSize, planPacketSize],
  [SECTION.encapsulation, planEncapsulation],
  [SECTION.vlan, planVlan],
  [SECTION.mac, planMac],
  [SECTION.attributes, planAttributes],
  [SECTION.jitter, planIntervals],
]);

function planTransport({ at, subtype, bytes }: ShapeSection, plan: ShapePlan): boolean {
  if (hasSequence(subtype, bytes)) plan.add(takeLongs, at + bytes - 4, SINGLE.sequence);
  return true;
}

/** Addresses and ports of IPv4 or IPv6, which the protocol has. */
function planKey({ at, subtype, qualifier, bytes }: ShapeSection, plan: ShapePlan): boolean {
  const reversed = (subtype & KEY_REVERSED) !== 0 ? 1 : 0;
  const isIPv4 = (qualifier & 0x1f) === KEY_FAMILY.ipv4;
  const takeAddress = isIPv4 ? takeIPv4 : takeIPv6;
  const portsAt = isIPv4 ? at + 14 : at + 40;
  plan.add(takeOne, 0, SINGLE.etherType, isIPv4 ? ETHERTYPE.ipv4 : ETHERTYPE.ipv6);
  plan.add(takeOne, 0, SINGLE.protocol, plan.protocol);
  plan.add(takeAddress, at + 4, ADDRESS.source + reversed);
  plan.add(takeAddress, at + (isIPv4 ? 8 : 20), ADDRESS.destination - reversed);
  plan.add(takeShorts, portsAt, SIDED.port + reversed);
  plan.add(takeShorts, portsAt + 2, SIDED.port + 1 - reversed);
  if ((qualifier & KEY_MASKS) === 0 || !(isIPv4 || hasIPv6Masks(bytes))) return true;
  const takeMask = isIPv4 ? takeIPv4Mask : takeIPv6Mask;
  plan.add(takeMask, at, SIDED.mask + reversed, 0);
  plan.add(takeMask, at, SIDED.mask + 1 - reversed, 1);
  return true;
}

const takeIPv4: Take = (run, at, address) => {
  if (run.wantsAddress(address)) run.putAddress(address, IPV4_ADDRESS, 0, 0, 0xffff, run.longs(at));
};

const takeIPv6: Take = (run, at, address) => {
  if (!run.wantsAddress(address)) return;
  const [a, b, c, d] = run.lanes;
  run.putAddress(address, IPV6_ADDRESS, run.longs(at, a), run.longs(at + 4, b), run.longs(at + 8, c), run.longs(at + 12, d)); // prettier-ignore
};

const takeIPv4Mask: Take = (run, at, slot, place) => {
  for (let i = 0; i < run.count && run.wants(slot); i++) {
    const key = run.offset(i) + at;
    const length = ipv4Mask(run.view, key, key + IPV4_MASKS_AT + place, place);
    if (!Number.isNaN(length)) run.set(i, slot, length);
  }
};

const takeIPv6Mask: Take = (run, at, slot, place) => {
  for (let i = 0; i < run.count && run.wants(slot); i++) {
    const length = ipv6Mask(run.view, run.offset(i) + at, place);
    if (!Number.isNaN(length)) run.set(i, slot, length);
  }
};

/** Counters of each side that speaks; what the other has is zero. */
function planCounters(_section: ShapeSection, plan: ShapePlan): boolean {
  if (plan.counters === undefined) return false;
  const { ats, width, hasPayload } = plan.counters;
  const take = width === 1 ? takeBytes : width === 2 ? takeShorts : takeLongs;
  const slots = hasPayload ? [SIDED.packets, SIDED.bytes, SIDED.appBytes] : [SIDED.packets, SIDED.bytes];
  for (const [side, at] of ats.entries()) {
    for (const [i, slot] of slots.entries()) {
      if (at === 0) plan.add(takeOne, 0, slot + side, 0);
      else plan.add(take, at + i * width, slot + side);
    }
  }
  return true;
}

function planPacketSize({ at, qualifier, bytes }: ShapeSection, plan: ShapePlan): boolean {
  const sides = qualifier & 0x0f;
  const from = sides === 0x0a ? 1 : 0;
  const until = sides === 0x06 ? 0 : 1;
  let offset = 4;
  for (let side = from; side <= until && offset + 4 <= bytes; side++) {
    plan.add(takeShorts, at + offset, SIDED.leastSize + side);
    plan.add(takeShorts, at + offset + 2, SIDED.greatestSize + side);
    offset += 4;
  }
  if (offset < bytes) plan.lost |= LOST.sizeHistogram;
  return true;
}

function planEncapsulation({ at, bytes }: ShapeSection, plan: ShapePlan): boolean {
  for (let side = 0; side < 2 && bytes >= 12; side++)
    plan.add(takeEncapsulations, at + 4 + 4 * side, SIDED.encapsulations + side);
  return true;
}

/** They hardly change. */
const takeEncapsulations: Take = (run, at, slot) => {
  if (!run.wants(slot)) return;
  const words = run.longs(at);
  let last = 0;
  let meaning = 0;
  for (let i = 0; i < run.count; i++) {
    if (words[i] !== last) meaning = translate((last = words[i]!), ENCAPSULATIONS, ENCAPSULATION.other);
    words[i] = meaning;
  }
  run.put(slot, words);
};

function planVlan({ at, qualifier, bytes }: ShapeSection, plan: ShapePlan): boolean {
  for (let side = 0; side < 2 && bytes >= 8; side++) {
    if ((qualifier & (1 << side)) !== 0) plan.add(takeShorts, at + 4 + 2 * side, SIDED.vlan + side);
  }
  return true;
}

function planMac({ at, qualifier, bytes }: ShapeSection, plan: ShapePlan): boolean {
  if (bytes < 16) return true;
  if ((qualifier & ADDRESSES_CHANGED) !== 0) plan.events |= EVENT.severalMacPairs;
  plan.add(takeMac, at + 4, ADDRESS.destinationMac);
  plan.add(takeMac, at + 10, ADDRESS.sourceMac);
  return true;
}

const takeMac: Take = (run, at, address) => {
  if (!run.wantsAddress(address)) return;
  const [, , high, low] = run.lanes;
  run.putAddress(address, MAC_ADDRESS, 0, 0, run.shorts(at, high), run.longs(at + 2, low));
};

function planAttributes({ at, qualifier, bytes }: ShapeSection, plan: ShapePlan): boolean {
  if ((qualifier & (ATTRIBUTES.sourceOptions | ATTRIBUTES.destinationOptions)) !== 0) return false;
  if ((qualifier & ATTRIBUTES.fragments) !== 0) plan.events |= EVENT.fragments;
  let offset = 4;
  for (let side = 0; side < 2; side++) {
    if ((qualifier & (ATTRIBUTES.source << side)) === 0 || offset + 4 > bytes) continue;
    plan.add(takeBytes, at + offset, SIDED.ttl + side);
    plan.add(takeBytes, at + offset + 1, SIDED.tos + side);
    plan.add(takeLittleShorts, at + offset + 2, SIDED.ipId + side);
    offset += 4;
  }
  return true;
}

function planIntervals({ at, qualifier, bytes }: ShapeSection, plan: ShapePlan): boolean {
  const present = qualifier & 0x0f;
  const words = intervalWords(present, bytes);
  if (words < BLOCK_WORDS) return true;
  if (words > BLOCK_WORDS) plan.lost |= LOST.intervalHistogram;
  const unit = intervalUnit(plan.version);
  let offset = at + 4;
  for (let block = 0; block < 4; block++) {
    if ((present & (1 << block)) === 0) continue;
    plan.add(takeIntervals, offset, INTERVALS[block], unit);
    offset += words * 4;
  }
  return true;
}

const intervals = new Float64Array(SLOTS);

/** Of some records nothing is said. */
const takeIntervals: Take = (run, at, slot, unit) => {
  for (let i = 0; i < run.count; i++) {
    intervals[slot] = 0;
    setIntervals(intervals, slot, run.view, run.offset(i) + at, unit);
    if (intervals[slot] === 0) continue;
    for (let k = slot; k < slot + 10; k += 2) run.set(i, k, intervals[k]!);
  }
};
