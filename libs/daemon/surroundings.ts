import { resolve } from 'node:path';
import type { Context } from '../cli/command.ts';
import { announceReady, isDetached, logToStarter } from './detach.ts';
import { parseMetricsAddress } from './metrics-address.ts';
import type { CollectMetrics, MetricsServer } from './metrics-server.ts';
import { Notifier } from './notify.ts';
import type { DaemonArguments } from './options.ts';
import { PidFile } from './pid-file.ts';
import { giveUpPrivileges, identityOf, type Identity } from './privileges.ts';
import { hasTerminal, watchSignals } from './signals.ts';
import { openSystemLog } from './system-log.ts';

/** What a daemon is asked from outside once all is open. */
export interface Answers {
  /**
   * HUP: takes up its files anew, whose paths begin at `root` by now. Absent, or where a terminal would take the daemon with it, it
   * ends as with TERM.
   */
  readonly reload?: ((root: string) => Promise<void>) | undefined;
  /** USR1: says how it fares. */
  readonly status: () => Promise<readonly string[]>;
  /** The figures for `--metrics`. */
  readonly metrics: CollectMetrics;
  /** Runs before rights are given up, when any are. */
  readonly beforeRights?: (identity: Identity | undefined) => void;
}

/**
 * A daemon as its machine sees it: a process with a number, a user, signals, and somebody who waits for it to be ready. Enter before
 * anything is opened, be ready when everything is, leave at the end.
 */
export class Surroundings {
  readonly #args: DaemonArguments;
  readonly #context: Context;
  readonly #identity: Identity | undefined;
  readonly #pidFile: PidFile | undefined;
  readonly #notifier: Notifier;
  readonly #root: string;
  #signals: Disposable | undefined;
  #metrics: MetricsServer | undefined;

  private constructor(args: DaemonArguments, context: Context, notifier: Notifier) {
    this.#args = args;
    this.#context = context;
    this.#identity = identityOf(args);
    this.#pidFile = args['pid-file'] === undefined ? undefined : PidFile.open(args['pid-file'], context.program);
    this.#notifier = notifier;
    this.#root = resolve(args.chroot ?? '/');
  }

  /**
   * Before anything is opened.
   * @throws {SuiteError} for a user that does not exist, an address that is none, or a pid file of a process that runs
   */
  static async enter(args: DaemonArguments, context: Context): Promise<Surroundings> {
    if (isDetached(context)) logToStarter();
    if (args.metrics !== undefined) parseMetricsAddress(args.metrics);
    return new Surroundings(args, context, await Notifier.connect(context));
  }

  /** The folder that all paths begin at from `ready` on, by its path before. */
  get root(): string {
    return this.#root;
  }

  /**
   * All is open: gives up the rights that this took, listens to signals, and tells whoever started the daemon.
   * @throws {SuiteError} when it may not become who it should
   */
  async ready({ reload, status, metrics, beforeRights }: Answers): Promise<void> {
    const { program, signal, info } = this.#context;
    const { metrics: address } = this.#args;
    const chroot = this.#args.chroot === undefined ? undefined : this.root;
    const useSystemLog = isDetached(this.#context) ? await openSystemLog() : undefined;
    if (address !== undefined) {
      const { startMetrics } = await import('./metrics-server.ts');
      this.#metrics = await startMetrics({ program, address, collect: metrics });
      if (parseMetricsAddress(address).port === 0)
        info(`metrics are at ${this.#metrics.url}`, { url: this.#metrics.url });
    }
    if (this.#identity !== undefined || chroot !== undefined) {
      const { syscalls } = await import('../capture/syscalls.ts');
      beforeRights?.(this.#identity);
      giveUpPrivileges(this.#identity, chroot, (path) => syscalls().chroot(path));
    }
    const notifier = this.#notifier;
    const reloadAndTell = async (): Promise<void> => {
      notifier.reloading();
      await reload?.(this.root).finally(() => notifier.ready());
    };
    const reloads = reload !== undefined && !hasTerminal();
    this.#signals = watchSignals({ reload: reloads ? reloadAndTell : undefined, status }, this.#context);
    signal.addEventListener('abort', () => notifier.stopping(), { once: true });
    notifier.ready();
    if (!isDetached(this.#context)) return;
    announceReady();
    useSystemLog?.();
  }

  leave(): void {
    this.#signals?.[Symbol.dispose]();
    this.#metrics?.[Symbol.dispose]();
    this.#notifier.close();
    this.#pidFile?.[Symbol.dispose]();
  }
}
