import { FIRST_FRAGMENT, LATER_FRAGMENT, TCP_FLAG, type Headers } from '../packet/headers.ts';
import { CAUSE } from '../record/fields/field.ts';
import { giveParts, noFlows, type FlowState } from './flow-state.ts';
import { HashTable } from './hash-table.ts';
import { IdleOrder } from './idle-order.ts';
import { FlowKey } from './key.ts';
import { NO_FEATURES } from './optional-rows.ts';
import { GROUP_PACKETS, type PacketGroup } from './packet-group.ts';
import { EARLIEST, NEXT_TICK, packetPath, touchRows } from './packet-path.ts';
import {
  clearRecord,
  moveCounters,
  noteFragment,
  openCause,
  packetsOf,
  reverseFlow,
  type Reporter,
} from './record-state.ts';
import {
  B_SCTP_STATE,
  F_DURATION,
  F_FLOW_ID,
  F_LAST,
  F_START,
  H_ETHER_TYPE,
  H_START_NS,
  ROW,
  ROW_BYTES,
  ROW_DOUBLES,
  ROW_HALVES,
  ROW_WORDS,
  W_EXTRA,
  W_FLAGS,
  W_PARENT,
  W_TRANSPORT,
  type FlowRows,
} from './rows.ts';
import { initShowsReversed, isSctpClosed, SCTP_CHUNK } from './sctp.ts';
import { TICK_US, TimerWheel } from './timers.ts';
import type { FlowCounters, FlowTableOptions } from './table-options.ts';
import { DEFAULT_TIMEOUTS, timeoutOf } from './timeouts.ts';

/** How long a closed connection's row stays for late packets. */
export const LINGER_US = 10_000_000;

/** In a free row in place of a key's `extra`, which no key has. */
const NO_KEY = 0xffff_ffff;

/** A clock that goes back further than this is followed; less is taken for disorder among packets. */
const STEP_BACK_US = 120_000_000;

/**
 * Packets become flows here. The clock is what `advance` is told, live, and the packets' own time in files: nothing
 * happens but in `add`, `advance` and `flush`.
 */
export class FlowTable {
  readonly state: FlowState;
  readonly counters: FlowCounters = { opened: 0, evicted: 0, packets: 0 };
  readonly #rows: FlowRows;
  readonly #options: Required<FlowTableOptions>;
  readonly #reporter: Reporter;
  readonly #index: HashTable;
  readonly #timers: TimerWheel;
  readonly #idle: IdleOrder;
  /** For keys other than that of the packet at hand. */
  readonly #otherKey: FlowKey;
  readonly #clock = new Float64Array([-Infinity, -Infinity]);
  readonly #path: (group: PacketGroup) => void;
  readonly #due = (row: number): void => this.#timerDue(row);
  readonly #ahead: ReturnType<typeof touchRows>;
  #nowUs = -Infinity;
  #nextFlowId: number;

  constructor(options: FlowTableOptions, reporter: Reporter) {
    this.#options = {
      timeouts: DEFAULT_TIMEOUTS,
      features: NO_FEATURES,
      endRecords: false,
      flowIds: { first: 1, step: 1 },
      ...options,
    };
    const { flowsMax, features, timeouts } = this.#options;
    this.#nextFlowId = this.#options.flowIds.first;
    this.#reporter = reporter;
    this.state = noFlows(flowsMax, features);
    this.#rows = this.state.rows;
    this.#index = new HashTable(this.#rows);
    this.#timers = new TimerWheel(this.#rows);
    this.#idle = new IdleOrder(this.#rows, Math.max(LINGER_US, ...Object.values<number>({ ...timeouts })) + TICK_US);
    const seed = options.seed | 0;
    const keys = Array.from({ length: GROUP_PACKETS }, () => new FlowKey(seed));
    this.#otherKey = new FlowKey(seed);
    this.#ahead = touchRows(this.state, this.#index);
    this.#path = packetPath(this.state, this.#index, keys, this.#clock, {
      tick: (group, i) => this.advance(group.timeUs[i]!),
      place: (row, key, group, i) => this.#place(row, key, group, i),
      startRecord: (row, group, i) => this.#startRecord(row, group.timeUs[i]!, group.timeNs[i]!),
      afterwards: (row, direction, closed, group, i) => this.#afterwards(row, direction, closed, group, i),
    });
  }

  /** Flows in the table. */
  get flows(): number {
    return this.#rows.count;
  }

  /** Counts a few packets, in their order. */
  add(group: PacketGroup): void {
    this.#path(group);
    this.counters.packets += group.count;
  }

  #place(found: number, key: FlowKey, group: PacketGroup, i: number): number {
    const h = group.headers[i]!;
    let row = found;
    if (h.fragment === LATER_FRAGMENT) return this.#placeFragment(found, key, group, i);
    if (row >= 0 && (h.tcpFlags & TCP_FLAG.syn) !== 0) row = this.#sameConnection(row, key, h);
    if (row >= 0 && (h.sctpChunks & SCTP_CHUNK.init) !== 0) row = this.#sameAssociation(row, key);
    if (row < 0) row = this.#open(key, group.timeUs[i]!, h);
    return row * 2 + this.#directionOf(row, key);
  }

  /** As `#place`, for all fragments of a datagram but the first. */
  #placeFragment(found: number, key: FlowKey, group: PacketGroup, i: number): number {
    const { u32 } = this.#rows;
    const h = group.headers[i]!;
    const row = found < 0 ? this.#open(key, group.timeUs[i]!, h) : found;
    const flow = this.#flowOfFragment(row, group.timeUs[i]!);
    noteFragment(this.state, row, flow, h);
    const fromResponder = (u32[row * ROW_WORDS + W_FLAGS]! & ROW.fragmentsFromResponder) !== 0;
    return flow * 2 + (flow === row ? this.#directionOf(row, key) : fromResponder ? 1 : 0);
  }

  #afterwards(row: number, direction: number, closed: boolean, group: PacketGroup, i: number): void {
    const h = group.headers[i]!;
    if (closed) this.#close(row);
    if (h.fragment === FIRST_FRAGMENT) this.#rememberFragments(row, direction, h, group.timeUs[i]!);
    if (h.quoted.present) this.#markQuoted(h);
  }

  /** Tells the time. What is due by then is reported. A step back of more than two minutes is followed. */
  advance(nowUs: number): void {
    if (nowUs < this.#nowUs && nowUs >= this.#nowUs - STEP_BACK_US) return;
    this.#nowUs = nowUs;
    this.#timers.advance(nowUs, this.#due, this.#ahead);
    this.#clock[NEXT_TICK] = (this.#timers.tick + 1) * TICK_US;
    this.#clock[EARLIEST] = nowUs - STEP_BACK_US;
    if (this.#rows.count === 0) this.state.origin.forget();
  }

  /** Whether `advance` has anything to do at that time. */
  isTick(nowUs: number): boolean {
    return nowUs >= this.#clock[NEXT_TICK]! || nowUs < this.#clock[EARLIEST]!;
  }

  /** Ends: reports every open flow and empties the table. What comes after may be of any time. */
  flush(): void {
    const rows = new Uint32Array(GROUP_PACKETS);
    for (let count; (count = this.#idle.takeLongest(rows)) > 0;) {
      this.#ahead(rows, 0, count);
      for (const row of rows.subarray(0, count)) {
        if (packetsOf(this.#rows, row) > 0) this.#report(row, openCause(this.#rows, row));
        this.#release(row);
      }
    }
    this.#nowUs = -Infinity;
    this.#clock.fill(-Infinity);
    this.state.origin.forget();
  }

  /** Of the packet with this key: 0 from the initiator, 1 from the responder. */
  #directionOf(row: number, key: FlowKey): number {
    const initiatorIsB = (this.#rows.u32[row * ROW_WORDS + W_FLAGS]! & ROW.initiatorIsB) !== 0;
    return key.fromB === initiatorIsB ? 0 : 1;
  }

  /** A new row for a packet. Its sender is the initiator, unless the packet is an answer. */
  #open(key: FlowKey, timeUs: number, h: Headers): number {
    const row = this.#take(timeUs);
    const initiatorIsB = key.fromB !== key.isAnswer;
    this.#index.insert(key, row);
    this.#rows.u32[row * ROW_WORDS + W_FLAGS] =
      (initiatorIsB ? ROW.initiatorIsB : 0) | (key.isAnswer ? ROW.answersOnly : 0);
    this.#rows.u16[row * ROW_HALVES + H_ETHER_TYPE] = h.etherType;
    this.#rows.f64[row * ROW_DOUBLES + F_FLOW_ID] = this.#takeFlowId();
    this.counters.opened += 1;
    return row;
  }

  #takeFlowId(): number {
    const id = this.#nextFlowId;
    this.#nextFlowId += this.#options.flowIds.step;
    return id;
  }

  /** A zeroed row filed by its time; makes room where there is none. */
  #take(timeUs: number): number {
    let row = this.#rows.take();
    if (row < 0) {
      const victim = this.#idle.longest();
      if (packetsOf(this.#rows, victim) > 0) this.#report(victim, CAUSE.stop);
      this.#free(victim);
      this.counters.evicted += 1;
      row = this.#rows.take();
    }
    this.#rows.f64[row * ROW_DOUBLES + F_LAST] = timeUs;
    this.#idle.add(row);
    return row;
  }

  #free(row: number): void {
    this.#idle.remove(row);
    this.#release(row);
  }

  /** As `#free`, of a row that is no longer in the order of the idle. */
  #release(row: number): void {
    this.#timers.clear(row);
    this.#index.remove(row);
    giveParts(this.state, row);
    this.#rows.f64[row * ROW_DOUBLES + F_FLOW_ID] = 0;
    this.#rows.u32[row * ROW_WORDS + W_EXTRA] = NO_KEY;
    this.#rows.give(row);
  }

  /** `row`, set right in direction; or -1 after ending it, when this segment opens another connection. */
  #sameConnection(row: number, key: FlowKey, h: Headers): number {
    const { u32 } = this.#rows;
    const at = row * ROW_WORDS;
    const transport = u32[at + W_TRANSPORT]!;
    if (transport === 0) return row;
    const { tcp } = this.state;
    const direction = this.#directionOf(row, key);
    if ((h.tcpFlags & TCP_FLAG.ack) === 0 && tcp.startsAnew(transport - 1, direction, h.tcpSequence)) {
      if (packetsOf(this.#rows, row) > 0) this.#report(row, CAUSE.close);
      this.#free(row);
      return -1;
    }
    if (tcp.showsReversed(transport - 1, direction, h.tcpFlags)) reverseFlow(this.state, row);
    return row;
  }

  /** `row`, set right in direction; or -1 after ending it, when this INIT comes after the association's end. */
  #sameAssociation(row: number, key: FlowKey): number {
    const state = this.#rows.u8[row * ROW_BYTES + B_SCTP_STATE]!;
    if (isSctpClosed(state)) {
      if (packetsOf(this.#rows, row) > 0) this.#report(row, CAUSE.close);
      this.#free(row);
      return -1;
    }
    if (initShowsReversed(state, this.#directionOf(row, key))) reverseFlow(this.state, row);
    return row;
  }

  /** The flow that a remembered datagram belongs to, or the row itself when it has none or that is gone. */
  #flowOfFragment(row: number, timeUs: number): number {
    const { f64, u32 } = this.#rows;
    const words = row * ROW_WORDS;
    if ((u32[words + W_FLAGS]! & ROW.alias) === 0) return row;
    const parent = u32[words + W_PARENT]!;
    if (f64[parent * ROW_DOUBLES + F_FLOW_ID] === f64[row * ROW_DOUBLES + F_FLOW_ID]) {
      f64[row * ROW_DOUBLES + F_LAST] = timeUs;
      return parent;
    }
    u32[words + W_FLAGS]! &= ~ROW.alias;
    f64[row * ROW_DOUBLES + F_FLOW_ID] = this.#takeFlowId();
    return row;
  }

  /** After a first fragment: later ones of the datagram will count in its flow, and those that came before move there. */
  #rememberFragments(flow: number, direction: number, h: Headers, timeUs: number): void {
    const { f64, u32 } = this.#rows;
    const flowId = f64[flow * ROW_DOUBLES + F_FLOW_ID]!;
    this.#otherKey.ofFragment(h);
    let row = this.#index.find(this.#otherKey);
    if (row >= 0) {
      if ((u32[row * ROW_WORDS + W_FLAGS]! & ROW.alias) === 0) moveCounters(this.#rows, row, flow, direction);
    } else {
      row = this.#take(timeUs);
      if (f64[flow * ROW_DOUBLES + F_FLOW_ID] !== flowId) {
        this.#idle.remove(row); // room was made of the flow itself
        return this.#rows.give(row);
      }
      this.#index.insert(this.#otherKey, row);
      this.#rows.u16[row * ROW_HALVES + H_ETHER_TYPE] = h.etherType;
      this.#timers.set(row, timeUs + this.#timeoutOf(row));
    }
    u32[row * ROW_WORDS + W_FLAGS] = ROW.alias | (direction === 0 ? 0 : ROW.fragmentsFromResponder);
    u32[row * ROW_WORDS + W_PARENT] = flow;
    f64[row * ROW_DOUBLES + F_FLOW_ID] = flowId;
    noteFragment(this.state, row, flow, h);
  }

  /** Marks the flow that an ICMP error quotes; the error itself counts in a flow of its own. */
  #markQuoted(h: Headers): void {
    this.#otherKey.ofQuoted(h.quoted);
    const row = this.#index.find(this.#otherKey);
    if (row >= 0) this.state.icmpErrors.mark(this.#rows, row, h);
  }

  /** The connection was closed or reset: its record is due at the next tick. */
  #close(row: number): void {
    const at = row * ROW_WORDS + W_FLAGS;
    if ((this.#rows.u32[at]! & (ROW.closeDue | ROW.lingers)) !== 0) return;
    this.#rows.u32[at]! |= ROW.closeDue;
    this.#timers.set(row, this.#nowUs + 1);
  }

  #startRecord(row: number, timeUs: number, timeNs: number): void {
    const { f64, u16, u32 } = this.#rows;
    f64[row * ROW_DOUBLES + F_START] = timeUs;
    f64[row * ROW_DOUBLES + F_DURATION] = 0;
    u16[row * ROW_HALVES + H_START_NS] = timeNs;
    const flags = u32[row * ROW_WORDS + W_FLAGS]!;
    if ((flags & (ROW.closeDue | ROW.lingers)) === 0) {
      this.#timers.setAtLatest(row, timeUs + Math.min(this.#options.statusUs, this.#timeoutOf(row)));
    }
  }

  #timeoutOf(row: number): number {
    return timeoutOf(this.#options.timeouts, this.#rows.u32[row * ROW_WORDS + W_EXTRA]!);
  }

  /** A row's timer is over: its close, its status or its end is due, or it is set anew for what comes next. */
  #timerDue(row: number): void {
    const { f64, u32 } = this.#rows;
    const words = row * ROW_WORDS;
    const doubles = row * ROW_DOUBLES;
    const flags = u32[words + W_FLAGS]!;
    const packets = packetsOf(this.#rows, row);
    const nowUs = this.#timers.tick * TICK_US; // the moment that was set, also when the clock has jumped past it
    if ((flags & ROW.closeDue) !== 0) {
      this.#report(row, CAUSE.close);
      u32[words + W_FLAGS] = (u32[words + W_FLAGS]! & ~ROW.closeDue) | ROW.lingers;
      this.#timers.set(row, nowUs + LINGER_US);
      return;
    }
    if ((flags & ROW.lingers) !== 0) {
      if (packets > 0) this.#report(row, CAUSE.close);
      this.#free(row);
      return;
    }
    if (f64[doubles + F_LAST]! > this.#nowUs + TICK_US) return this.#setBack(row);
    const endsUs = f64[doubles + F_LAST]! + this.#timeoutOf(row);
    if (endsUs <= nowUs) {
      if (packets > 0 || (this.#options.endRecords && (flags & (ROW.reported | ROW.alias)) === ROW.reported))
        this.#report(row, (flags & ROW.reported) === 0 ? CAUSE.start : CAUSE.timeout);
      this.#free(row);
      return;
    }
    let next = endsUs;
    if (packets > 0) {
      const { statusUs } = this.#options;
      const statusDueUs = f64[doubles + F_START]! + statusUs;
      const isDue = statusDueUs <= nowUs;
      if (isDue) this.#report(row, openCause(this.#rows, row));
      // A flow that goes on will begin its next record soon: that one's status will not be due before this.
      next = Math.min(endsUs, isDue ? nowUs + statusUs : statusDueUs);
    }
    this.#timers.set(row, next);
  }

  /** The clock was set back, so that silence is measured anew. A record is of one time, and a flow that had none open ends. */
  #setBack(row: number): void {
    if (packetsOf(this.#rows, row) === 0) return this.#free(row);
    this.#report(row, openCause(this.#rows, row));
    this.#idle.remove(row);
    this.#rows.f64[row * ROW_DOUBLES + F_LAST] = this.#nowUs;
    this.#idle.add(row);
    this.#timers.set(row, this.#nowUs + this.#timeoutOf(row));
  }

  #report(row: number, cause: number): void {
    this.#reporter.report(this.state, row, cause);
    clearRecord(this.state, row);
  }
}
