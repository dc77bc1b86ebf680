import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What one run of a command took. */
export interface Usage {
  readonly wallSeconds: number;
  /** User and system time of all its threads. */
  readonly cpuSeconds: number;
  /** Most resident memory that it ever had; the sum of its children's and its own. */
  readonly peakBytes: number;
}

/** How often the peak is read while the command runs; the kernel keeps the highest value itself. */
const POLL_MS = 10;

/** A shell that starts the command, tells its process id, and afterwards what it used. */
const SHELL = '"$@" >/dev/null & echo $! >&3; wait $!; status=$?; times >&3; exit $status';

/**
 * Runs a command to its end. Its standard output is thrown away.
 * @param command program and arguments
 * @param worst exit status that is no failure; the original `ra` ends with 1 when it finds nothing
 * @throws Error with its standard error when it fails
 */
export async function measure(command: readonly string[], worst = 0): Promise<Usage> {
  const started = performance.now();
  const shell = spawn('sh', ['-c', SHELL, 'sh', ...command], { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  let told = '';
  let errors = '';
  const peaks = new Map<number, number>();
  shell.stdio[3]!.on('data', (chunk: Buffer) => (told += chunk.toString()));
  shell.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const poll = setInterval(() => {
    const pid = Number(told.split('\n', 1)[0]);
    if (pid > 0)
      for (const one of [pid, ...childrenOf(pid)]) peaks.set(one, Math.max(peaks.get(one) ?? 0, peakOf(one)));
  }, POLL_MS);
  const status = await new Promise<number | null>((resolve) => shell.once('close', resolve));
  clearInterval(poll);
  const wallSeconds = (performance.now() - started) / 1000;
  if (status === null || status > worst) throw new Error(`${command.join(' ')} ended with ${status}: ${errors.trim()}`);
  const peakBytes = [...peaks.values()].reduce((sum, bytes) => sum + bytes, 0);
  return { wallSeconds, cpuSeconds: childSeconds(told), peakBytes };
}

/** Processes that this one has started itself; none where the kernel does not tell. */
function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** `VmHWM` of a process, in bytes; 0 when it is gone. */
function peakOf(pid: number): number {
  try {
    return 1024 * Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** The sum of the last line of `times` (POSIX): user and system time of the children, as in `0m1.234000s 0m0.020000s`. */
function childSeconds(told: string): number {
  let seconds = 0;
  for (const [, minutes, rest] of (told.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)) {
    seconds += Number(minutes) * 60 + Number(rest);
  }
  return seconds;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
