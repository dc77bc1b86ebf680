import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomically } from '../core/atomic-file.ts';
import { makeFolder } from '../core/make-folder.ts';
import type { Batch, Origin } from '../record/batch.ts';
import { isStop, originKey } from '../record/ledger.ts';

const FILE = 'runs.json';

/** The runs of this program itself that have not ended, remembered so that the next run can say of one that was killed. */
export class OwnRuns {
  #file: string | undefined;
  readonly #open = new Map<string, Origin>();
  #changed = false;

  /** @param directory where they are remembered; undefined is nowhere */
  constructor(directory: string | undefined) {
    this.#file = directory === undefined ? undefined : join(directory, FILE);
  }

  /** The folder that they are remembered in is called so by now. */
  moveTo(directory: string): void {
    this.#file = join(directory, FILE);
  }

  /** Runs of before that did not say farewell. */
  killed(): Origin[] {
    if (this.#file === undefined) return [];
    try {
      const saved: unknown = JSON.parse(readFileSync(this.#file, 'utf8'));
      return Array.isArray(saved) ? saved.filter(isOrigin) : [];
    } catch {
      return []; // there was none
    }
  }

  /** @returns whether this changes what is to be remembered */
  note(batch: Batch): boolean {
    const key = originKey(batch.origin);
    const isNew = !isStop(batch) && !this.#open.has(key);
    const changes = isNew || (isStop(batch) && this.#open.delete(key));
    if (isNew) this.#open.set(key, batch.origin);
    this.#changed ||= changes;
    return changes;
  }

  /** Writes down what changed. @throws the system's error; the next call tries again */
  save(): void {
    if (this.#file === undefined || !this.#changed) return;
    makeFolder(dirname(this.#file), 0o750);
    writeFileAtomically(this.#file, `${JSON.stringify([...this.#open.values()])}\n`);
    this.#changed = false;
  }
}

function isOrigin(value: unknown): value is Origin {
  if (typeof value !== 'object' || value === null) return false;
  const { source, run } = value as Record<string, unknown>;
  return typeof source === 'string' && Number.isSafeInteger(run) && Number(run) >= 0;
}
