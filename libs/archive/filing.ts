import type { Batch } from '../record/batch.ts';
import type { GrowingFile } from './growing-file.ts';
import type { NameTemplate } from './name-template.ts';
import type { OpenFiles } from './open-files.ts';
import type { SplitMode } from './split-mode.ts';

/** A record that claims to be from so far ahead of this machine's clock does not make others late, microseconds. */
export const AHEAD_MAX_US = 60e6;

/** Files under construction at most: whoever sends packets must not choose how many there are. */
export const FILES_MAX = 16_384;

export interface SplitterSettings {
  readonly mode: SplitMode;
  readonly template: NameTemplate;
  readonly files: OpenFiles;
  /** Letters of suffixes, where there are any. */
  readonly suffixLength: number;
  /** How long records are waited for behind the newest, microseconds; undefined where nothing closes before the end. */
  readonly holdUs: number | undefined;
  /** This machine's clock, microseconds since the epoch. */
  readonly nowUs: () => number;
  /** Files under construction at most. */
  readonly filesMax?: number;
  /** Where an earlier run stopped. */
  readonly resume?: SplitterPosition;
}

/** What a splitter has to know to go on where another one stopped. */
export interface SplitterPosition {
  /** Files of times before this are closed, microseconds since the epoch. */
  readonly closedUs: number;
  readonly newestUs: number;
  /** Numbers of the next suffixes, by the values in the name. */
  readonly suffixes: Readonly<Record<string, number>>;
  /** Files that were open, with the names that they were to get. */
  readonly open: readonly { readonly key: string; readonly path: string; readonly late: boolean }[];
}

export const NO_POSITION: SplitterPosition = { closedUs: -Infinity, newestUs: -Infinity, suffixes: {}, open: [] };

/** A way to tell which file a record belongs to. */
export interface Filing {
  /** Files of times before this are closed, microseconds since the epoch. */
  closedUs: number;
  /** Flow records that came too late for their files. */
  readonly late: number;
  /** Files that are full, or that another one has followed. */
  readonly full: readonly GrowingFile[];
  /** Numbers of the next suffixes, by the values in the name. */
  readonly suffixes: Readonly<Record<string, number>>;
  /**
   * Puts records of flows into their files.
   * @param rows numbers of the batch's rows, ascending
   * @param times of all rows, microseconds since the epoch
   * @returns the files, in the order of their last record
   */
  share(batch: Batch, rows: readonly number[], times: Float64Array, ordinal: number): Promise<Set<GrowingFile>>;
  /** The file that a record of this time belongs to, whatever it is. */
  fileAt(batch: Batch, timeUs: number): GrowingFile;
  /** Files whose time ended at that moment or before. */
  due(endUs: number): readonly GrowingFile[];
  /** These are finished. */
  forget(files: ReadonlySet<GrowingFile>): void;
  /** Which files were open when an earlier run stopped does not matter any more. */
  forgetResumed(): void;
}
