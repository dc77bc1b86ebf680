import type { Syscalls } from '../capture/syscalls.ts';
import { setLogOutput } from '../core/log.ts';
import { unixAddress } from './unix-address.ts';

const SYSTEM_LOG = '/dev/log';

/**
 * Opens this machine's log, for a process in the background, whose standard error nobody reads. At once, since the socket may be out
 * of reach later.
 * @returns what sends messages there from then on, as text whatever `--log` says; undefined where there is no such log. What the log
 *   does not take at once is lost: nobody waits for it.
 */
export async function openSystemLog(path = SYSTEM_LOG): Promise<(() => void) | undefined> {
  try {
    const module = await import('../capture/syscalls.ts');
    const system = module.syscalls();
    const open = (): number => connected(system, path, module.AF.unix, module.SOCK.datagram | module.SOCK.closeOnExec);
    let fd = open();
    return () =>
      setLogOutput((text) => {
        const bytes = Buffer.from(text);
        if (system.sendTo(fd, bytes, NOWHERE_ELSE)) return;
        try {
          const again = open(); // the log may have begun anew
          system.close(fd);
          fd = again;
          system.sendTo(fd, bytes, NOWHERE_ELSE);
        } catch {
          // it is not there
        }
      }, 'syslog');
  } catch {
    return undefined;
  }
}

/** The socket is connected. */
const NOWHERE_ELSE = Buffer.alloc(0);

function connected(system: Syscalls, path: string, family: number, type: number): number {
  const fd = system.socket(family, type);
  try {
    system.connect(fd, unixAddress(path, family));
    return fd;
  } catch (error) {
    system.close(fd);
    throw error;
  }
}
