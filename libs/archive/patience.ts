import { setTimeout as delay } from 'node:timers/promises';

/** Failures that pass when somebody makes room, or by themselves. */
const PASSING: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EIO', 'EROFS', 'ESTALE']);

/** How long to wait before the next try, milliseconds. */
const RETRY_MS = 1000;

export interface PatienceSettings {
  readonly signal: AbortSignal;
  /** Told once when something does not work, and once when it does again. */
  readonly report: (message: string) => void;
  readonly retryMs?: number;
}

/** Does things again as long as the disk is full, or fails in another way that may pass. */
export class Patience {
  readonly #settings: PatienceSettings;
  #isStuck = false;

  constructor(settings: PatienceSettings) {
    this.#settings = settings;
  }

  get isStuck(): boolean {
    return this.#isStuck;
  }

  /** @throws what cannot pass, and the failure that lasts when the signal is given */
  readonly attempt = async <T>(action: () => Promise<T>): Promise<T> => {
    const { signal, report, retryMs = RETRY_MS } = this.#settings;
    for (;;) {
      try {
        const done = await action();
        if (this.#isStuck) report('there is room again, and the work goes on');
        this.#isStuck = false;
        return done;
      } catch (error) {
        if (!isPassing(error) || signal.aborted) throw error;
        if (!this.#isStuck) report(`${error.message}; nothing more is taken until this passes`);
        this.#isStuck = true;
      }
      await delay(retryMs, undefined, { signal }).catch(() => undefined);
    }
  };
}

function isPassing(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && PASSING.has(String(error.code));
}
