import { MAC_ADDRESS } from '../packet/headers.ts';
import { appNameOf, appOf } from './app-rows.ts';
import type { FlowColumns } from './columns.ts';
import { INTERVAL_DOUBLES, INTERVALS_ACTIVE, INTERVALS_IDLE } from './optional-rows.ts';
import type { FlowState } from './flow-state.ts';
import { F_START, H_START_NS, ROW_DOUBLES, ROW_HALVES, ROW_WORDS, W_PACKETS } from './rows.ts';

/** Writes what the features that are on have gathered for a record. */
export function reportOptional(state: FlowState, row: number, side: number, c: FlowColumns, to: number): void {
  const { optional, rows } = state;
  const { features } = optional;
  const { f64, u32, u8 } = optional.slab;
  const words = optional.word(side);
  if (features.macs) {
    const at = words + optional.macs;
    if ((u32[at]! | u32[at + 1]! | u32[at + 2]! | u32[at + 3]!) !== 0) {
      c.macs[0].set(to, MAC_ADDRESS, 0, 0, u32[at]!, u32[at + 1]!);
      c.macs[1].set(to, MAC_ADDRESS, 0, 0, u32[at + 2]!, u32[at + 3]!);
    }
  }
  if (features.app && appOf(optional.slab, words + optional.app) !== 0) {
    c.app.set(to, appOf(optional.slab, words + optional.app));
    const name = appNameOf(optional.slab, words + optional.app);
    if (name !== '') c.appname.set(to, name);
  }
  const startNs =
    (rows.f64[row * ROW_DOUBLES + F_START]! - state.origin.us) * 1000 + rows.u16[row * ROW_HALVES + H_START_NS]!;
  for (const direction of [0, 1] as const) {
    if (rows.u32[row * ROW_WORDS + W_PACKETS + direction] === 0) continue;
    if (features.response) {
      const at = optional.double(side) + optional.response + direction * 2;
      c.response[direction][0].set(to, Math.max(0, f64[at]! - startNs));
      c.response[direction][1].set(to, Math.max(0, f64[at + 1]! - startNs));
    }
    if (features.sizes) {
      const at = words + optional.sizes + direction * 2;
      c.sizes[direction][0].set(to, u32[at]!);
      c.sizes[direction][1].set(to, u32[at + 1]!);
    }
    if (features.timing) {
      const at = optional.timingAt(side, direction);
      reportIntervals(f64, at + INTERVALS_ACTIVE, c.intervals[direction], 0, to);
      reportIntervals(f64, at + INTERVALS_IDLE, c.intervals[direction], INTERVAL_DOUBLES, to);
    }
    const length = features.payloadBytes > 0 ? u32[words + optional.payloadLengths + direction]! : 0;
    if (length > 0) {
      const at = optional.byte(side) + optional.payload + direction * features.payloadBytes;
      c.payload[direction].set(to, u8, at, at + length);
    }
  }
}

/** The five columns of one kind of interval; absent where there was none. */
function reportIntervals(
  f64: Float64Array,
  at: number,
  columns: FlowColumns['intervals'][0],
  from: number,
  to: number,
): void {
  if (f64[at] === 0) return;
  for (let i = 0; i < INTERVAL_DOUBLES; i++) columns[from + i]!.set(to, f64[at + i]!);
}
