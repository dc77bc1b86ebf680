import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { NetLab } from './netlab.ts';
import { RunningCommand } from './run-command.ts';
import { runHere } from './run-here.ts';

const POLL_MS = 20;

/** So long that only the end of the capture ends a flow. */
export const ONE_RECORD_A_FLOW = [
  '-S',
  '3600',
  ...['tcp', 'ip', 'icmp', 'igmp', 'frag', 'arp', 'other'].flatMap((kind) => [`--${kind}-timeout`, '3600']),
];

/** Waits until so many packet sockets receive in side b. @throws when the program ends before */
export async function untilReceiving(lab: NetLab, sockets: number, ended: Promise<unknown>): Promise<void> {
  let isOver = false;
  const end = ended.then(() => (isOver = true));
  while ((await lab.receivingSockets()) < sockets) {
    assert.ok(!isOver, 'the program ended before it captured');
    await Promise.race([delay(POLL_MS), end]);
  }
}

/** Our probe on side b, ready. @param sockets how many sockets there are when it is */
export async function startProbe(lab: NetLab, args: readonly string[], sockets: number): Promise<RunningCommand> {
  const probe = new RunningCommand('argus', ['-X', ...args], {}, lab.prefix('b'));
  await untilReceiving(lab, sockets, probe.status);
  return probe;
}

/** Ends it in order. */
export async function stopProbe(probe: RunningCommand): Promise<void> {
  probe.process.kill('SIGTERM');
  assert.equal(await probe.status, 0, probe.stderr);
}

/** Another program that keeps what comes on `rx0`, with nanoseconds. @returns its end, which comes when it has `packets` */
export async function startTcpdump(lab: NetLab, path: string, packets: number): Promise<{ ended: Promise<unknown> }> {
  const precision = ['--time-stamp-precision', 'nano'];
  // In its immediate mode it has room for a few packets only, and a busy machine makes it lose some.
  const words = ['tcpdump', '-i', 'rx0', ...precision, '-B', '65536', '-U', '-c', String(packets), '-w', path];
  const [program, ...args] = [...lab.prefix('b'), ...words];
  const child = spawn(program!, args, { stdio: 'ignore' });
  const ended = once(child, 'exit');
  await untilReceiving(lab, 1, ended);
  return { ended };
}

/** The flow records of a file as objects of all fields, in an order of their own. */
export async function rowsOf(path: string, ...fields: string[]): Promise<string[]> {
  const words = ['-X', '-r', path, '-n', '-M', 'json', '-s', ...fields, '-', 'not', 'man'];
  const { status, stdout, stderr } = await runHere('ra', words);
  assert.equal(status, 0, stderr);
  return stdout.split('\n').filter(Boolean).sort();
}

/** The management records of a file. */
export async function managementOf(path: string): Promise<Record<string, unknown>[]> {
  const { status, stdout, stderr } = await runHere('ra', ['-X', '-r', path, '-M', 'json', '-', 'man']);
  assert.equal(status, 0, stderr);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
