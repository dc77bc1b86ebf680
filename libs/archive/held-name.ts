import { readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { claimName, type Claim } from '../core/claim-name.ts';
import { SuiteError } from '../core/errors.ts';
import { isRunning } from '../core/is-running.ts';

/** A link has the number of a process in the place of a path. */
const BY_LINK: Claim = {
  take: (path) => symlinkSync(String(process.pid), path),
  holder: (path) => {
    const target = readlinkSync(path);
    return /^\d{1,10}$/.test(target) && isRunning(Number(target)) ? Number(target) : undefined;
  },
};

/**
 * The right of this process to make a file of a name, as long as it runs. A symbolic link beside it, `.NAME.held`, has the number
 * of the process.
 */
export class HeldName {
  readonly #mark: string | undefined;

  private constructor(mark: string | undefined) {
    this.#mark = mark;
  }

  /**
   * @param path in a folder that there is
   * @throws {SuiteError} when another process has the name, errors of the system
   */
  static take(path: string): HeldName {
    const mark = join(dirname(path), `.${basename(path)}.held`);
    const holder = claimName(mark, BY_LINK);
    if (holder === undefined) return new HeldName(mark);
    if (holder === process.pid) return new HeldName(undefined);
    throw new SuiteError(`process ${holder} is writing ${path}`, { hint: `Wait for it. If it does nothing of the kind, remove ${mark}.` }); // prettier-ignore
  }

  giveBack(): void {
    if (this.#mark !== undefined) rmSync(this.#mark, { force: true });
  }
}
