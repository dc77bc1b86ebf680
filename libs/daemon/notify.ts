import type { Context } from '../cli/command.ts';
import { UNIX_PATH_MAX, unixAddress } from './unix-address.ts';

/** Tells systemd how a daemon stands (sd_notify(3)); says nothing where nobody asked. Never waits. */
export class Notifier {
  readonly #send: (text: string) => void;
  readonly #watchdogMs: number;
  #watchdog: NodeJS.Timeout | undefined;

  private constructor(send: (text: string) => void, watchdogMs: number) {
    this.#send = send;
    this.#watchdogMs = watchdogMs;
  }

  /** Connects at once, since the socket may be out of reach later. */
  static async connect({ env, warn }: Pick<Context, 'env' | 'warn'>): Promise<Notifier> {
    const path = env['NOTIFY_SOCKET'];
    if (path === undefined || !/^[/@]/.test(path) || Buffer.byteLength(path) > UNIX_PATH_MAX)
      return new Notifier(ignore, 0);
    try {
      const { AF, SOCK, syscalls } = await import('../capture/syscalls.ts');
      const system = syscalls();
      const fd = system.socket(AF.unix, SOCK.datagram | SOCK.closeOnExec);
      system.connect(fd, unixAddress(path, AF.unix));
      const send = (text: string): void => void system.sendTo(fd, Buffer.from(text), Buffer.alloc(0));
      return new Notifier(send, watchdogOf(env));
    } catch (error) {
      warn(`systemd will not be told how this fares: ${error instanceof Error ? error.message : String(error)}`);
      return new Notifier(ignore, 0);
    }
  }

  /** Everything is open; from here on the main loop proves twice an interval that it turns. */
  ready(): void {
    this.#send('READY=1');
    if (this.#watchdogMs > 0) {
      this.#watchdog ??= setInterval(() => this.#send('WATCHDOG=1'), this.#watchdogMs / 2).unref();
    }
  }

  reloading(): void {
    this.#send(`RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  }

  stopping(): void {
    this.#send('STOPPING=1');
  }

  close(): void {
    clearInterval(this.#watchdog);
  }
}

function ignore(): void {}

function watchdogOf(env: Context['env']): number {
  if ((env['WATCHDOG_PID'] ?? String(process.pid)) !== String(process.pid)) return 0;
  const us = Number(env['WATCHDOG_USEC'] ?? 0);
  return us >= 1000 ? Math.min(us / 1000, 2 ** 30) : 0;
}
