import type { Batch } from '../record/batch.ts';
import { ALL_ROWS } from '../record/select.ts';
import { TimeBins, type Span } from '../time/span.ts';
import { Cluster } from './cluster.ts';
import type { ClusterOptions } from './cluster-options.ts';
import type { Merger } from './clusters.ts';
import { Fragments } from './fragments.ts';
import { binPieces } from './bin-pieces.ts';

/** Merges records bin by bin of time. */
export class BinCluster implements Merger {
  readonly cluster: Cluster;
  readonly #fragments: Fragments;
  readonly #whole: boolean;

  /** @param whole records are not divided at the boundaries, but belong to the bin in which they begin */
  constructor(span: Span, whole: boolean, options: ClusterOptions) {
    const { model } = options;
    const pieces = [...model.pieces, ...binPieces(new TimeBins(span))];
    this.cluster = new Cluster({ ...options, model: { ...model, pieces }, sorts: true });
    this.#fragments = new Fragments(new TimeBins(span), this.cluster.times);
    this.#whole = whole;
  }

  /** Adds the first `count` of `rows`. Records that lie in one bin are taken as they are. */
  push(batch: Batch, rows: Uint32Array | undefined, count: number): void {
    if (this.#whole) {
      this.cluster.push(batch, rows, count);
      return;
    }
    const { inside, across } = this.#fragments.sort(batch, rows ?? ALL_ROWS, count);
    this.cluster.push(batch, inside, inside.length);
    for (const part of this.#fragments.divide(batch, across, across.length)) this.cluster.push(part, undefined, part.rows); // prettier-ignore
  }

  get unknownColumns(): number {
    return this.cluster.unknownColumns;
  }

  get isOver(): boolean {
    return this.cluster.isOver;
  }

  due(): Iterable<Batch> {
    return this.cluster.due();
  }

  takeBefore(timeUs: number): Iterable<Batch> {
    return this.cluster.takeBefore(timeUs);
  }

  finish(): AsyncIterable<Batch> {
    return this.cluster.finish();
  }
}
