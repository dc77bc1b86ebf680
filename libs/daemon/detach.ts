import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Context } from '../cli/command.ts';
import { DETACHED } from '../cli/run-main.ts';
import { relayLog, setLogOutput } from '../core/log.ts';

const READY = 'ready';

/** Whether this is the process that was asked for, and not the one that asks. */
export function isDetached(context: Context): boolean {
  return context.env[DETACHED] !== undefined;
}

/**
 * Starts this command line again in the background, and waits until all that it needs is open, passing on what it says meanwhile.
 * @returns the exit status: 0, or that of the other process when it ended before it was ready
 */
export async function detach(): Promise<number> {
  const child = fork(process.argv[1] ?? '', process.argv.slice(2), {
    detached: true,
    env: { ...process.env, [DETACHED]: '1' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'close').then(([status]: unknown[]) => (typeof status === 'number' ? status : 1));
  const ready = new Promise<string>((resolve) => {
    child.on('message', (message) => {
      if (message === READY) resolve(READY);
      else if (typeof message === 'string') relayLog(message);
    });
  });
  const first = await Promise.race([ready, ended]);
  if (first !== READY) {
    relayLog(said);
    return typeof first === 'number' ? first : 1;
  }
  child.disconnect();
  child.stderr?.destroy();
  child.unref();
  return 0;
}

/** Messages go to who started us from now on, which hears standard error only when all went wrong. */
export function logToStarter(): void {
  setLogOutput((text) => void (process.connected && process.send?.(text)));
}

/** Tells who started us that everything is open; from here on nobody listens. */
export function announceReady(): void {
  if (process.send === undefined) return;
  process.send(READY);
  process.disconnect();
}
