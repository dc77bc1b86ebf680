import type { Batch } from '../../record/batch.ts';
import {
  countTotals,
  decodeManagement,
  readManagement,
  type ManagementHeader,
  type ManagementTotals,
} from './management-record.ts';

/** Probes of which totals and runs are known at once. */
const PROBES_MAX = 4096;

/** What management records have told so far. */
export class ProbeState {
  /** When each probe started, and the first of all; microseconds since the epoch. */
  readonly runs: Map<string, number>;
  firstRun: number;
  readonly totals: Map<string, ManagementTotals>;

  /** @param from what to begin with, which stays as it is; as it crosses to other threads, without its methods */
  constructor({ runs, firstRun = 0, totals }: Partial<Pick<ProbeState, 'runs' | 'firstRun' | 'totals'>> = {}) {
    this.runs = new Map(runs);
    this.firstRun = firstRun;
    this.totals = new Map(totals);
  }

  runOf(source: string): number {
    return this.runs.get(source) ?? this.firstRun;
  }

  /** Whether records behind this one are of another run than those before it, or may be. @param isFirstKept whether all records of a source are of one run */
  begins({ source, hasCookie }: ManagementHeader, isFirstKept: boolean): boolean {
    return hasCookie && !(isFirstKept && this.runs.has(source));
  }

  begin({ source, startUs }: ManagementHeader): void {
    this.firstRun ||= startUs;
    keep(this.runs, source, startUs);
  }

  /** Takes in what the first record of a file tells. */
  learn(record: Uint8Array): void {
    const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
    const header = readManagement(view, 0, record.byteLength);
    if (header === undefined) return;
    if (this.begins(header, false)) this.begin(header);
    keep(this.totals, header.source, countTotals(this.totals.get(header.source), view, 0));
  }

  /** The record at `at` as one of ours, whose counts go to those of its probe. @param run instead of the start of the probe */
  decode(view: DataView, at: number, header: ManagementHeader, run?: number): Batch {
    const { source } = header;
    const totals = countTotals(this.totals.get(source), view, at);
    keep(this.totals, source, totals);
    return decodeManagement(view, at, header, totals, { source, run: run ?? this.runOf(source) });
  }
}

/** Sets a key of a map that forgets its oldest key when it is full. */
function keep<V>(map: Map<string, V>, key: string, value: V): void {
  if (map.size >= PROBES_MAX && !map.has(key))
    for (const oldest of map.keys()) {
      map.delete(oldest);
      break;
    }
  map.set(key, value);
}
