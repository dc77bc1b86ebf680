import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Memory that is in use after a full collection, in bytes. */
export interface MemoryInUse {
  /** Objects and array buffers that are still reachable. */
  readonly reachable: number;
  readonly resident: number;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

export function memoryInUse(): MemoryInUse {
  collect();
  collect(); // the first leaves array buffers to be swept; the second waits for that
  const { heapUsed, external, rss } = process.memoryUsage();
  return { reachable: heapUsed + external, resident: rss };
}
