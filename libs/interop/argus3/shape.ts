import { IP_PROTOCOL } from '../../record/fields/protocol.ts';
import { SINGLE } from './flow-record.ts';
import { KEY_DIRECTED, KEY_FAMILY, KEY_FORM, KEY_FRAGMENT, NETWORK, SECTION } from './format.ts';
import { eventsOfOptions, eventsOfStatus } from './network-section.ts';
import { answersOnly, sectionBytes } from './read-sections.ts';
import { IS_MEANINGFUL, type SectionTable } from './sections.ts';
import { causeOf } from './settle.ts';
import { ShapePlan, type Step, type Take } from './shape-plan.ts';
import { countersOf, type Counters, type ShapeSection } from './shape-section.ts';
import { PLANNERS } from './shape-sections.ts';
import { takeOne } from './shape-takes.ts';
import { hasSequence, SEQUENCE_BYTES } from './transport-section.ts';

/** Records with the same sections in the same places. */
export interface Shape {
  /** A small number of its own. */
  readonly number: number;
  /** How all of them are read at once. */
  readonly steps: readonly Step[];
  /** Undefined where nobody wants them. */
  readonly counters: Counters | undefined;
  /** Where the section is that tells whether a record is turned round, 0 where nothing does that. */
  readonly networkAt: number;
  readonly sourceBytes: number;
  readonly sourceQualifier: number;
  /** Types of sections without a meaning. */
  readonly skipped: readonly number[];
  /** Bits of `LOST`. */
  readonly lost: number;
}

/** Where the source id is: the first section tells it. */
export const SOURCE_AT = 8;
const CAUSE_AT = 1;

const PORTS_BYTES = 8;

/** Where a key with this head tells the protocol, from the beginning of its section; 0 where it is a key of something else. */
export function protocolAt(head: number): number {
  const qualifier = head >>> 8;
  if (((head >>> 16) & 0x3f) !== KEY_FORM.fiveTuple || (qualifier & KEY_FRAGMENT) !== 0) return 0;
  const family = qualifier & 0x1f;
  const at = family === KEY_FAMILY.ipv4 ? 12 : family === KEY_FAMILY.ipv6 ? 36 : 0;
  return at === 0 || sectionBytes(head) < at + PORTS_BYTES ? 0 : at;
}

/**
 * Undefined where such records are to be read one by one.
 * @param sections all of a record, with one key of `protocol`
 */
export function planShape(
  sections: readonly ShapeSection[],
  version: number,
  protocol: number,
  table: SectionTable,
  number: number,
): Shape | undefined {
  if (protocol !== IP_PROTOCOL.tcp && protocol !== IP_PROTOCOL.udp) return undefined;
  const byType = new Map(sections.map((section) => [section.type, section]));
  const transport = sections[0];
  if (byType.size < sections.length || transport?.type !== SECTION.transport) return undefined;
  const metric = byType.get(SECTION.metric);
  const isCounted = table[SECTION.metric] !== undefined;
  const counters = isCounted && metric !== undefined ? countersOf(metric) : undefined;
  if (isCounted && counters === undefined) return undefined;
  if (table[SECTION.time] !== undefined && !byType.has(SECTION.time)) return undefined;
  const plan = new ShapePlan(version, protocol, counters);
  if (!planSections(sections, plan, table)) return undefined;
  const sourceBytes = transport.bytes - 4 - (hasSequence(transport.subtype, transport.bytes) ? SEQUENCE_BYTES : 0);
  if (sourceBytes < 0) return undefined;
  return {
    number,
    steps: plan.steps,
    counters,
    networkAt: mayTurn(byType, protocol) ? byType.get(SECTION.network)!.at : 0,
    sourceBytes,
    sourceQualifier: transport.qualifier,
    skipped: sections.map(({ type }) => type).filter((type) => table[type] === undefined && IS_MEANINGFUL[type] === 0),
    lost: plan.lost,
  };
}

/** @returns false where one of them is to be read record by record */
function planSections(sections: readonly ShapeSection[], plan: ShapePlan, table: SectionTable): boolean {
  plan.add(takeCauses, CAUSE_AT, SINGLE.cause);
  for (const section of sections) {
    if (table[section.type] !== undefined && PLANNERS.get(section.type)?.(section, plan) !== true) return false;
  }
  const { events, statusAt, optionsAt } = plan;
  if (statusAt === 0) plan.add(takeOne, 0, SINGLE.events, events);
  else plan.add(takeEvents, statusAt, events, optionsAt);
  return true;
}

const takeCauses: Take = (run, at, slot) => {
  if (!run.wants(slot)) return;
  const words = run.bytes(at);
  for (let i = 0; i < run.count; i++) words[i] = causeOf(words[i]!);
  run.put(slot, words);
};

/** @param all bits that all records have @param optionsAt options of TCP, 0 for none */
const takeEvents: Take = (run, statusAt, all, optionsAt) => {
  if (!run.wants(SINGLE.events)) return;
  const { otherWords } = run;
  const words = run.longs(statusAt);
  for (let i = 0; i < run.count; i++) words[i] = all | eventsOfStatus(words[i]!);
  if (optionsAt !== 0) {
    run.longs(optionsAt, otherWords);
    for (let i = 0; i < run.count; i++) words[i]! |= eventsOfOptions(otherWords[i]!);
  }
  run.put(SINGLE.events, words);
};

function mayTurn(byType: ReadonlyMap<number, ShapeSection>, protocol: number): boolean {
  const network = byType.get(SECTION.network);
  const key = byType.get(SECTION.flow);
  if (network === undefined || key === undefined || protocol !== IP_PROTOCOL.tcp) return false;
  if ((key.qualifier & 0x1f) !== KEY_FAMILY.ipv4 || (key.qualifier & KEY_DIRECTED) !== 0 || network.bytes < 8)
    return false;
  return network.subtype === NETWORK.tcpStatus || network.subtype === NETWORK.tcpPerformance;
}

/** Whether the record at `at` is not turned round, and each side that has counters has sent something. */
export function isOrdinary({ networkAt, counters }: Shape, view: DataView, at: number): boolean {
  if (networkAt !== 0 && answersOnly(view, at + networkAt)) return false;
  if (counters === undefined) return true;
  const { ats, width } = counters;
  return hasPackets(view, at, ats[0], width) && hasPackets(view, at, ats[1], width);
}

/** @param from 0 of a side without counters */
function hasPackets(view: DataView, at: number, from: number, width: number): boolean {
  if (from === 0) return true;
  if (width === 1) return view.getUint8(at + from) !== 0;
  return (width === 2 ? view.getUint16(at + from) : view.getUint32(at + from)) !== 0;
}
