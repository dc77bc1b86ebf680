import type { Shape } from './captures.ts';

export interface BenchOptions {
  /** Times that each program runs; the bench's own number when absent. */
  readonly rounds: number | undefined;
  /** Size of the capture; the bench's own when absent. */
  readonly packets: number | undefined;
  /** Flows of the capture, where it may be said; the bench's own number when absent. */
  readonly flows?: number | undefined;
  /** Only what has this in its name, where a bench does many things. */
  readonly only?: string | undefined;
  /** What the capture is like; the bench's own when absent. */
  readonly shape: Shape | undefined;
}

export interface BenchResult {
  readonly text: string;
  /** The same, for programs. */
  readonly json: object;
  /** False when results are wrong, not when they are slow. */
  readonly isGood: boolean;
}

export interface Bench {
  readonly name: string;
  readonly about: string;
  run(options: BenchOptions): Promise<BenchResult>;
}
