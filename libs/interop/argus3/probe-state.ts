import { countTotals, type ManagementHeader, type ManagementTotals } from './management-record.ts';

/** Probes of which totals and runs are known at once. */
const PROBES_MAX = 4096;

/** What management records have told so far. */
export class ProbeState {
  /** When each probe started, and the first of all; microseconds since the epoch. */
  readonly runs: Map<string, number>;
  firstRun: number;
  readonly totals: Map<string, ManagementTotals>;

  /** @param from what to begin with, which stays as it is; as it crosses to other threads, without its methods */
  constructor({ runs, firstRun, totals }: Pick<ProbeState, 'runs' | 'firstRun' | 'totals'> = NOTHING) {
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

  /** Adds what the record in `view` counts. @returns all that its probe has counted by now */
  count(view: DataView, at: number, { source }: ManagementHeader): ManagementTotals {
    const totals = countTotals(this.totals.get(source), view, at);
    keep(this.totals, source, totals);
    return totals;
  }
}

const NOTHING = { runs: new Map<string, number>(), firstRun: 0, totals: new Map<string, ManagementTotals>() };

/** Sets a key of a map that forgets its oldest key when it is full. */
function keep<V>(map: Map<string, V>, key: string, value: V): void {
  if (map.size >= PROBES_MAX && !map.has(key))
    for (const oldest of map.keys()) {
      map.delete(oldest);
      break;
    }
  map.set(key, value);
}
