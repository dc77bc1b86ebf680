import { join } from 'node:path';
import { FilePool } from '../../libs/archive/file-pool.ts';
import type { SplitterSettings } from '../../libs/archive/filing.ts';
import { NameTemplate } from '../../libs/archive/name-template.ts';
import { OpenFiles, type Finishing } from '../../libs/archive/open-files.ts';
import { parseSplitMode } from '../../libs/archive/split-mode.ts';
import { RecordSplitter } from '../../libs/archive/splitter.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { START_US } from './numbered-stream.ts';

export interface LabSettings {
  readonly folder: string;
  readonly mode: string;
  readonly name: string;
  readonly holdSeconds?: number;
  readonly appends?: boolean;
  readonly openMax?: number;
  readonly filesMax?: number;
}

/** A splitter with a clock that stands still unless it is told, and what it finished so far. */
export class SplitterLab {
  readonly finished: Finishing[] = [];
  readonly splitter: RecordSplitter;
  nowUs = START_US + 1e12;
  #ordinal = 0;

  constructor({ folder, mode, name, holdSeconds, appends = false, openMax = 64, filesMax = 1000 }: LabSettings) {
    const pool = new FilePool(openMax);
    const files = new OpenFiles({
      pool,
      holdsNames: false,
      sorts: holdSeconds !== undefined,
      appends,
      attempt: (action) => action(),
      observer: {
        finishing: () => Promise.resolve(),
        finished: (done) => {
          this.finished.push(...done);
          return Promise.resolve();
        },
      },
    });
    const settings: SplitterSettings = {
      mode: parseSplitMode(mode.startsWith('flow ') ? [mode] : mode.split(' ')),
      template: new NameTemplate(join(folder, name), mode.startsWith('time')),
      files,
      suffixLength: 2,
      filesMax,
      holdUs: holdSeconds === undefined ? undefined : holdSeconds * 1e6,
      nowUs: () => this.nowUs,
    };
    this.splitter = new RecordSplitter(settings);
  }

  async push(...batches: readonly Batch[]): Promise<void> {
    for (const batch of batches) {
      await this.splitter.push(batch, undefined, batch.rows, this.#ordinal);
      this.#ordinal += Math.max(batch.rows, 1);
    }
  }

  /** Time goes by, in steps of a second in which the splitter looks for what is to be closed. */
  async wait(seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      this.nowUs += 1e6;
      await this.splitter.closeDue();
    }
  }
}
