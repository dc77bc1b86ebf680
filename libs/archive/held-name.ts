import { readlink, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SuiteError } from '../core/errors.ts';
import { isRunning } from '../core/is-running.ts';

/** Times that a name is tried which others take and give back meanwhile. */
const ATTEMPTS = 10;

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
  static async take(path: string): Promise<HeldName> {
    const mark = join(dirname(path), `.${basename(path)}.held`);
    for (let attempt = 1; ; attempt++) {
      try {
        await symlink(String(process.pid), mark);
        return new HeldName(mark);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST') || attempt > ATTEMPTS) throw error;
      }
      const holder = await readlink(mark).catch(() => undefined);
      if (holder === String(process.pid)) return new HeldName(undefined);
      if (holder === undefined) continue;
      if (/^\d+$/.test(holder) && isRunning(Number(holder))) {
        throw new SuiteError(`process ${holder} is writing ${path}`, { hint: `Wait for it. If it does nothing of the kind, remove ${mark}.` }); // prettier-ignore
      }
      await rm(mark, { force: true });
    }
  }

  async giveBack(): Promise<void> {
    if (this.#mark !== undefined) await rm(this.#mark, { force: true });
  }
}
