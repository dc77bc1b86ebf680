import { IPV4_ADDRESS, IPV6_ADDRESS, MAC_ADDRESS } from '../packet/headers.ts';
import { FLOW_BATCH, type Batch, type Origin } from '../record/batch.ts';
import { BatchBuilder, type AddressColumnBuilder } from '../record/builder.ts';
import { flowColumns, type FlowColumns } from './columns.ts';
import { ICMP_ERROR_WORDS } from './icmp-error-rows.ts';
import { EXTRA_HAS_DNS, EXTRA_HAS_PORTS, KEY_KIND, PROTOCOL } from './key.ts';
import {
  L_MPLS,
  L_TAGS,
  L_TUNNEL_DEPTH,
  L_TUNNEL_DESTINATION,
  L_TUNNEL_FAMILY,
  L_TUNNEL_ID,
  L_TUNNEL_KIND,
  L_TUNNEL_SOURCE,
  L_VLAN,
  LINK_WORDS,
} from './link-rows.ts';
import { reportOptional } from './report-optional.ts';
import { reportTcp } from './report-tcp.ts';
import type { FlowState } from './flow-state.ts';
import type { Reporter } from './record-state.ts';
import {
  B_IP_OPTIONS,
  B_SCTP_STATE,
  F_APP_BYTES,
  F_BYTES,
  F_DURATION,
  F_FLOW_ID,
  F_START,
  H_ETHER_TYPE,
  H_START_NS,
  ROW,
  ROW_BYTES,
  ROW_DOUBLES,
  ROW_HALVES,
  ROW_WORDS,
  W_A0,
  W_ATTRIBUTES,
  W_B0,
  W_ENCAPSULATIONS,
  W_EVENTS,
  W_EXTRA,
  W_FLAGS,
  W_ICMP_ERROR,
  W_LINK,
  W_OPTIONAL,
  W_PACKETS,
  W_PORTS,
  W_TRANSPORT,
} from './rows.ts';
import { EVENT } from '../record/fields/field.ts';

/** What each kind of key has for addresses. */
const FAMILY_OF_KIND: readonly number[] = [
  0, IPV4_ADDRESS, IPV6_ADDRESS, IPV4_ADDRESS, MAC_ADDRESS, MAC_ADDRESS, IPV4_ADDRESS, IPV6_ADDRESS, MAC_ADDRESS,
]; // prettier-ignore

const IS_IP = (1 << KEY_KIND.ip4) | (1 << KEY_KIND.ip6) | (1 << KEY_KIND.fragment4) | (1 << KEY_KIND.fragment6);

/** Answer type of each request type whose exchange is one flow; ICMP, then ICMPv6. */
const ICMP_ANSWER = new Map([[8, 0], [13, 14], [15, 16], [17, 18]]); // prettier-ignore
const ICMP6_ANSWER = new Map([[128, 129], [133, 134], [135, 136]]); // prettier-ignore
const ECHO_REQUESTS = new Set([8, 13, 15, 17, 128]);

/** Records are numbered within their origin, in the order in which their batches are made. */
export interface RecordNumbers {
  next: number;
}

/** Transposes rows of the flow table into batches. */
export class BatchReporter implements Reporter {
  readonly #builder: BatchBuilder;
  readonly #columns: FlowColumns;
  readonly #origin: Origin;
  readonly #emit: (batch: Batch) => void;
  readonly #numbers: RecordNumbers;

  /**
   * @param numbers where the next record's number stands; shared with whoever else makes records of this origin
   * @param rowsMax a batch is emitted as soon as it has this many records
   * @param emit takes each batch; it must not call back into the flow table
   * @param allocate gives batches their buffers, see `BatchBuilder`
   */
  constructor(
    origin: Origin,
    numbers: RecordNumbers,
    rowsMax: number,
    emit: (batch: Batch) => void,
    allocate?: (bytes: number) => ArrayBuffer,
  ) {
    this.#origin = origin;
    this.#numbers = numbers;
    this.#builder = new BatchBuilder(rowsMax, allocate);
    this.#columns = flowColumns(this.#builder);
    this.#emit = emit;
  }

  /** Emits what there is. */
  flush(): void {
    const { rows } = this.#builder;
    if (rows === 0) return;
    const batch = this.#builder.finish(FLOW_BATCH, this.#origin, this.#numbers.next);
    this.#numbers.next += rows;
    this.#emit(batch);
  }

  report(state: FlowState, row: number, cause: number): void {
    const to = this.#builder.addRow();
    const extra = state.rows.u32[row * ROW_WORDS + W_EXTRA]!;
    const kind = (extra >> 8) & 15;
    this.#columns.cause.set(to, cause);
    this.#core(state, row, to, kind, extra);
    if (((IS_IP >> kind) & 1) !== 0) this.#ip(state, row, to, kind, extra);
    this.#link(state, row, to);
    const transport = state.rows.u32[row * ROW_WORDS + W_TRANSPORT]!;
    if (transport !== 0 && (extra & 255) === PROTOCOL.tcp) reportTcp(state.tcp, transport - 1, this.#columns, to);
    const optional = state.rows.u32[row * ROW_WORDS + W_OPTIONAL]!;
    if (optional !== 0) reportOptional(state, row, optional - 1, this.#columns, to);
    if (this.#builder.full) this.flush();
  }

  #core(state: FlowState, row: number, to: number, kind: number, extra: number): void {
    const { f64, u32, u16 } = state.rows;
    const c = this.#columns;
    const words = row * ROW_WORDS;
    const doubles = row * ROW_DOUBLES;
    const fromB = (u32[words + W_FLAGS]! & ROW.initiatorIsB) !== 0;
    c.flowid.set(to, f64[doubles + F_FLOW_ID]!);
    c.stime.set(to, f64[doubles + F_START]!);
    const nanoseconds = u16[row * ROW_HALVES + H_START_NS]!;
    if (nanoseconds !== 0) c.stimens.set(to, nanoseconds);
    c.dur.set(to, f64[doubles + F_DURATION]!);
    c.etype.set(to, u16[row * ROW_HALVES + H_ETHER_TYPE]!);
    const family = FAMILY_OF_KIND[kind]!;
    if (family !== 0) {
      setAddress(c.saddr, to, family, u32, words + (fromB ? W_B0 : W_A0));
      setAddress(c.daddr, to, family, u32, words + (fromB ? W_A0 : W_B0));
    }
    if ((extra & EXTRA_HAS_PORTS) !== 0) {
      const ports = u32[words + W_PORTS]!;
      c.sport.set(to, fromB ? ports & 0xffff : ports >>> 16);
      c.dport.set(to, fromB ? ports >>> 16 : ports & 0xffff);
    }
    c.spkts.set(to, u32[words + W_PACKETS]!);
    c.dpkts.set(to, u32[words + W_PACKETS + 1]!);
    c.sbytes.set(to, f64[doubles + F_BYTES]!);
    c.dbytes.set(to, f64[doubles + F_BYTES + 1]!);
    if (state.optional.features.appBytes) {
      c.sappbytes.set(to, f64[doubles + F_APP_BYTES]!);
      c.dappbytes.set(to, f64[doubles + F_APP_BYTES + 1]!);
    }
    const later = kind === KEY_KIND.fragment4 || kind === KEY_KIND.fragment6 ? EVENT.laterFragmentsOnly : 0;
    c.events.set(to, u32[words + W_EVENTS]! | later);
    const error = u32[words + W_ICMP_ERROR]!;
    if (error !== 0) {
      const at = (error - 1) * ICMP_ERROR_WORDS;
      setAddress(c.inode, to, state.icmpErrors.slab.u32[at + 4]!, state.icmpErrors.slab.u32, at);
    }
  }

  #ip(state: FlowState, row: number, to: number, kind: number, extra: number): void {
    const { u32, u8 } = state.rows;
    const c = this.#columns;
    const words = row * ROW_WORDS;
    const bytes = row * ROW_BYTES;
    const protocol = extra & 255;
    c.ipproto.set(to, protocol);
    if ((extra & EXTRA_HAS_DNS) !== 0) c.dnsid.set(to, extra >>> 16);
    const hasId = kind === KEY_KIND.ip4 || kind === KEY_KIND.fragment4;
    for (const side of [0, 1] as const) {
      if (u32[words + W_PACKETS + side] === 0) continue;
      const attributes = u32[words + W_ATTRIBUTES + side]!;
      c.ttl[side].set(to, attributes >>> 24);
      c.tos[side].set(to, (attributes >>> 16) & 255);
      if (hasId) c.ipid[side].set(to, attributes & 0xffff);
    }
    if (u8[bytes + B_IP_OPTIONS] !== 0) c.ipoptions.set(to, u8[bytes + B_IP_OPTIONS]!);
    if (protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmp6) {
      this.#icmp(u32[words + W_PORTS]!, u32[words + W_FLAGS]!, to, protocol, extra);
    } else if (protocol === PROTOCOL.igmp) {
      c.icmptype.set(to, extra >>> 24);
    } else if (protocol === PROTOCOL.esp && u32[words + W_TRANSPORT] !== 0) {
      c.spi.set(to, u32[words + W_PORTS]!);
      c.slost.set(to, state.esp.takeLost(u32[words + W_TRANSPORT]! - 1, 0));
      c.dlost.set(to, state.esp.takeLost(u32[words + W_TRANSPORT]! - 1, 1));
    } else if (protocol === PROTOCOL.udp && u32[words + W_TRANSPORT] !== 0) {
      this.#media(state, u32[words + W_TRANSPORT]! - 1, to);
    } else if (protocol === PROTOCOL.sctp && u8[bytes + B_SCTP_STATE] !== 0) {
      c.sctpstate.set(to, u8[bytes + B_SCTP_STATE]!);
    }
  }

  #media({ rtp }: FlowState, row: number, to: number): void {
    if (!rtp.countsLoss(row)) return;
    this.#columns.slost.set(to, rtp.takeLost(row, 0));
    this.#columns.dlost.set(to, rtp.takeLost(row, 1));
  }

  #icmp(ports: number, flags: number, to: number, protocol: number, extra: number): void {
    const c = this.#columns;
    const request = extra >>> 24;
    const answer = (protocol === PROTOCOL.icmp ? ICMP_ANSWER : ICMP6_ANSWER).get(request);
    c.icmptype.set(to, answer === undefined || (flags & ROW.answersOnly) === 0 ? request : answer);
    c.icmpcode.set(to, (extra >>> 16) & 255);
    c.icmpid.set(to, ports >>> 16);
    if (answer !== undefined && ECHO_REQUESTS.has(request)) c.icmpseq.set(to, ports & 0xffff);
  }

  #link(state: FlowState, row: number, to: number): void {
    const c = this.#columns;
    const { u32 } = state.rows;
    const words = row * ROW_WORDS;
    if (u32[words + W_PACKETS] !== 0) c.sencaps.set(to, u32[words + W_ENCAPSULATIONS]!);
    if (u32[words + W_PACKETS + 1] !== 0) c.dencaps.set(to, u32[words + W_ENCAPSULATIONS + 1]!);
    if (u32[words + W_LINK] === 0) return;
    const link = state.link.slab.u32;
    const at = (u32[words + W_LINK]! - 1) * LINK_WORDS;
    for (const side of [0, 1] as const) {
      const tags = link[at + L_TAGS + side]!;
      if (tags > 0) c.vlan[side].set(to, link[at + L_VLAN + side]! & 0xffff);
      if (tags > 1) c.outerVlan[side].set(to, link[at + L_VLAN + side]! >>> 16);
      if (link[at + L_MPLS + side] !== 0) c.mpls[side].set(to, link[at + L_MPLS + side]! - 1);
    }
    if (link[at + L_TUNNEL_KIND] === 0) return;
    if (link[at + L_TUNNEL_DEPTH] !== 0) c.tundepth.set(to, link[at + L_TUNNEL_DEPTH]!);
    c.tunkind.set(to, link[at + L_TUNNEL_KIND]!);
    if (link[at + L_TUNNEL_ID] !== 0xffff_ffff) c.tunid.set(to, link[at + L_TUNNEL_ID]!);
    const family = link[at + L_TUNNEL_FAMILY]!;
    if (family === 0) return;
    setAddress(c.tunsrc, to, family, link, at + L_TUNNEL_SOURCE);
    setAddress(c.tundst, to, family, link, at + L_TUNNEL_DESTINATION);
  }
}

function setAddress(column: AddressColumnBuilder, to: number, family: number, lanes: Uint32Array, at: number): void {
  column.set(to, family, lanes[at]!, lanes[at + 1]!, lanes[at + 2]!, lanes[at + 3]!);
}
