import { BATCH_ROWS_MAX, FLOW_BATCH, type Batch } from '../record/batch.ts';
import { Area } from '../record/builder.ts';
import { TextColumn } from '../record/columns.ts';
import { EVERYTHING } from '../filter/everything.ts';
import { STORED_BY_NUMBER, STORED_FIELDS } from '../record/fields/stored.ts';
import { isNumeric } from '../record/kinds.ts';
import type { ClusterOptions } from './cluster-options.ts';
import type { Rule } from './configuration.ts';
import { DURATION_FIELDS } from './time-lane.ts';

const LABEL = STORED_FIELDS.label.number;

/** Numbers of the stored fields that a rule looks at. */
export function fieldsOfRule({ filter, grep, model }: Rule): number[] {
  return [...filter.fields, ...model.fields, ...(grep === undefined ? [] : [LABEL])];
}

/**
 * Numbers of the fields whose columns may be deferred: those that a cluster of these rules has no need to look at where groups have
 * come to what further records cannot change.
 */
export function deferrableFields(rules: readonly Rule[]): Set<number> {
  const fields = new Set([...STORED_BY_NUMBER.values()].filter(({ field }) => isNumeric(field.kind) || field.kind === 'address').map(({ field }) => field.number)); // prettier-ignore
  for (const { filter, model } of rules) {
    // Of addresses in a key the last lane is asked for.
    for (const field of model.fields) if (!model.addresses.has(field)) fields.delete(field);
    for (const field of filter.fields) fields.delete(field);
  }
  for (const field of [...ALWAYS_NEEDED, ...DURATION_FIELDS]) fields.delete(field);
  return fields;
}

const ALWAYS_NEEDED = (['stime', 'stimens', 'dur', 'trans', 'spkts', 'dpkts', 'sbytes', 'dbytes'] as const).map((name) => STORED_FIELDS[name].number); // prettier-ignore

/** What merges the records of a rule, such as a `Cluster`. */
export interface Merger {
  /** Columns that later versions added and that merging cannot keep. */
  readonly unknownColumns: number;
  /** Whether records were made with sums that they cannot hold, which stay at the greatest number. */
  readonly isOver: boolean;
  push(batch: Batch, rows: Uint32Array | undefined, count: number): void;
  due(): Iterable<Batch>;
  takeBefore(timeUs: number): Iterable<Batch>;
  finish(): AsyncIterable<Batch>;
}

/** Shares records out among mergers by rules: each goes to the first that it matches, and to those behind it while they continue. */
export class Clusters<M extends Merger> {
  readonly #members: readonly { readonly rule: Rule; readonly cluster: M }[];
  readonly #left = new Uint32Array(BATCH_ROWS_MAX);
  readonly #matched = new Uint32Array(BATCH_ROWS_MAX);
  readonly #isTaken = new Uint8Array(BATCH_ROWS_MAX);

  /**
   * @param options memory is shared by all
   * @param open makes one
   */
  constructor(
    rules: readonly Rule[],
    options: Omit<ClusterOptions, 'model' | 'timeouts'>,
    open: (options: ClusterOptions) => M,
  ) {
    const memoryBytes = options.memoryBytes / rules.length;
    this.#members = rules.map((rule) => {
      const { model, timeouts } = rule;
      return { rule, cluster: open({ ...options, memoryBytes, model, ...(timeouts === undefined ? {} : { timeouts }) }) }; // prettier-ignore
    });
  }

  /** The cluster of all records; undefined where there are several rules. */
  get single(): M | undefined {
    return this.#members.length === 1 ? this.#members[0]?.cluster : undefined;
  }

  /** See `Merger`. */
  get unknownColumns(): number {
    return this.#members.reduce((sum, { cluster }) => sum + cluster.unknownColumns, 0);
  }

  /** See `Merger`. */
  get isOver(): boolean {
    return this.#members.some(({ cluster }) => cluster.isOver);
  }

  /** See `Cluster.push`. */
  push(batch: Batch, rows: Uint32Array | undefined, count: number): void {
    if (batch.kind !== FLOW_BATCH) return;
    const [first] = this.#members;
    if (first?.rule.filter === EVERYTHING && first.rule.grep === undefined && !first.rule.continues) {
      first.cluster.push(batch, rows, count);
      return;
    }
    const left = this.#left;
    if (rows === undefined) for (let row = 0; row < count; row++) left[row] = row;
    else left.set(rows.subarray(0, count));
    let remaining = count;
    for (const { rule, cluster } of this.#members) {
      if (remaining === 0) return;
      const matched = this.#match(rule, batch, remaining);
      cluster.push(batch, this.#matched, matched);
      if (!rule.continues) remaining = this.#remove(remaining, matched);
    }
  }

  #match({ filter, grep }: Rule, batch: Batch, count: number): number {
    this.#matched.set(this.#left.subarray(0, count));
    const matched = filter.select(batch, this.#matched, count);
    return grep === undefined ? matched : grep(batch, this.#matched, matched);
  }

  #remove(count: number, matched: number): number {
    for (let i = 0; i < matched; i++) this.#isTaken[this.#matched[i]!] = 1;
    let kept = 0;
    for (let i = 0; i < count; i++) if (this.#isTaken[this.#left[i]!] === 0) this.#left[kept++] = this.#left[i]!;
    for (let i = 0; i < matched; i++) this.#isTaken[this.#matched[i]!] = 0;
    return kept;
  }

  /** See `Cluster.due`. */
  *due(): Generator<Batch> {
    for (const { rule, cluster } of this.#members) for (const batch of cluster.due()) yield labelled(batch, rule.label);
  }

  /** See `Cluster.takeBefore`; rule by rule. */
  *takeBefore(timeUs: number): Generator<Batch> {
    for (const { rule, cluster } of this.#members)
      for (const batch of cluster.takeBefore(timeUs)) yield labelled(batch, rule.label);
  }

  /** See `Cluster.finish`; rule by rule. */
  async *finish(): AsyncGenerator<Batch> {
    for (const { rule, cluster } of this.#members) {
      for await (const batch of cluster.finish()) yield labelled(batch, rule.label);
    }
  }
}

function labelled(batch: Batch, label: string | undefined): Batch {
  if (label === undefined) return batch;
  const columns = batch.columns.slice();
  columns[LABEL] = new TextColumn(new Area(2 * batch.rows).u16(batch.rows), [label], undefined);
  return { ...batch, columns };
}
