import type { Context } from '../../libs/cli/command.ts';
import type { Counting } from './counting.ts';
import { announceReady, isDetached } from './daemon.ts';
import { Notifier } from './notify.ts';
import type { Outputs } from './outputs.ts';
import { PidFile } from './pid-file.ts';
import { giveUpPrivileges, identityOf, type Identity } from './privileges.ts';
import type { ArgusArguments } from './settings.ts';
import { hasTerminal, watchSignals } from './signals.ts';
import { statusLines } from './status.ts';

/** The probe as its machine sees it: a process with a number, a user, signals, and somebody who waits for it to be ready. */
export class Surroundings {
  readonly #args: ArgusArguments;
  readonly #context: Context;
  readonly #identity: Identity | undefined;
  readonly #pidFile: PidFile | undefined;
  readonly #notifier: Notifier;
  #signals: Disposable | undefined;

  private constructor(args: ArgusArguments, context: Context, notifier: Notifier) {
    this.#args = args;
    this.#context = context;
    this.#identity = identityOf(args);
    this.#pidFile = args['pid-file'] === undefined ? undefined : PidFile.open(args['pid-file']);
    this.#notifier = notifier;
  }

  /**
   * Before anything is opened.
   * @throws {SuiteError} for a user that does not exist, or a pid file of a probe that runs
   */
  static async enter(args: ArgusArguments, context: Context): Promise<Surroundings> {
    return new Surroundings(args, context, await Notifier.connect(context));
  }

  /**
   * All is open: gives up the rights that this took, listens to signals, and tells whoever started the probe.
   * @throws {SuiteError} when it may not become who it should
   */
  async ready(countings: readonly Counting[], outputs: Outputs, startUs: number): Promise<void> {
    const { chroot, read } = this.#args;
    const { signal, warn } = this.#context;
    if (this.#identity !== undefined || chroot !== undefined) {
      const { syscalls } = await import('../../libs/capture/syscalls.ts');
      if (this.#identity?.user !== undefined && countings.some(({ capture }) => capture === 'cap')) {
        warn('with --capture cap, the process that captures keeps its rights');
      }
      giveUpPrivileges(this.#identity, chroot, (path) => syscalls().chroot(path));
    }
    const notifier = this.#notifier;
    const reload = async (): Promise<void> => {
      notifier.reloading();
      await outputs.reopen(chroot).finally(() => notifier.ready());
    };
    const isLive = read.length === 0 && !hasTerminal();
    const status = (): Promise<readonly string[]> => statusLines(countings, outputs, startUs);
    this.#signals = watchSignals({ reload: isLive ? reload : undefined, status }, warn);
    signal.addEventListener('abort', () => notifier.stopping(), { once: true });
    notifier.ready();
    if (isDetached(this.#context)) announceReady();
  }

  leave(): void {
    this.#signals?.[Symbol.dispose]();
    this.#notifier.close();
    this.#pidFile?.[Symbol.dispose]();
  }
}
