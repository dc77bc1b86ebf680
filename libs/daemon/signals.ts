import { isatty } from 'node:tty';
import type { Context } from '../cli/command.ts';

/** What a daemon does when it is told something from outside. */
export interface SignalActions {
  /** HUP: takes up its files anew; absent, it ends as with TERM. */
  readonly reload: (() => Promise<void>) | undefined;
  /** USR1: says how it fares. */
  readonly status: () => Promise<readonly string[]>;
}

/**
 * Listens to HUP, USR1 and USR2 until disposed of; USR2, by which Argus ends debugging, does nothing. INT and TERM end every
 * command, see `runMain`.
 * @param log takes each line of the status, and what keeps a reload from working
 */
export function watchSignals(actions: SignalActions, log: Pick<Context, 'warn' | 'info'>): Disposable {
  const complain = (error: unknown): void => log.warn(error instanceof Error ? error.message : String(error));
  const handlers = {
    SIGHUP: () => {
      if (actions.reload === undefined) process.kill(process.pid, 'SIGTERM');
      else actions.reload().catch(complain);
    },
    SIGUSR1: () => {
      const said = actions.status().then((lines) => lines.forEach((line) => log.info(line)));
      said.catch(complain);
    },
    SIGUSR2: () => undefined,
  };
  for (const [name, handler] of Object.entries(handlers)) process.on(name, handler);
  return {
    [Symbol.dispose]() {
      for (const [name, handler] of Object.entries(handlers)) process.removeListener(name, handler);
    },
  };
}

/** Whether a terminal would take the daemon with it, as it does with every command that it started. */
export function hasTerminal(): boolean {
  return [0, 1, 2].some((fd) => isatty(fd));
}
