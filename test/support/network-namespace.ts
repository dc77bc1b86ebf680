import { closeSync, openSync } from 'node:fs';
import { loadKoffi } from '../../libs/core/koffi.ts';

/** setns(2) */
const CLONE_NEWNET = 0x4000_0000;

/**
 * Takes the main thread into a network namespace until disposed of; sockets stay in the one that they were made in. What reads
 * /sys goes on seeing the namespace that the process was started in.
 * @param name as of `ip netns`
 */
export function enterNetworkNamespace(name: string): Disposable {
  const setns = loadKoffi('network namespaces need').load('libc.so.6').func('int setns(int, int)') as (
    fd: number,
    kind: number,
  ) => number;
  const enter = (fd: number): void => {
    if (setns(fd, CLONE_NEWNET) !== 0) throw new Error('the network namespace cannot be entered');
  };
  const before = openSync('/proc/thread-self/ns/net', 'r');
  const inside = openSync(`/run/netns/${name}`, 'r');
  enter(inside);
  closeSync(inside);
  return {
    [Symbol.dispose]: () => {
      enter(before);
      closeSync(before);
    },
  };
}
