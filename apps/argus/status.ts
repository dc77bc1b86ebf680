import { nowUs } from '../../libs/core/clock.ts';
import { residentBytes } from '../../libs/core/memory.ts';
import type { Counting } from './counting.ts';
import type { Outputs } from './outputs.ts';
import { countedProblems } from './problems.ts';

/** How a probe fares, a line for each input: what SIGUSR1 asks for. */
export async function statusLines(
  countings: readonly Counting[],
  outputs: Outputs,
  startUs: number,
): Promise<readonly string[]> {
  const seconds = Math.round((nowUs() - startUs) / 1e6);
  const stats = outputs.serverStats;
  const readers = stats === undefined ? '' : `, ${stats.readers} readers, ${stats.dropped} records not taken by them`;
  const bytes = residentBytes();
  const memory = bytes === undefined ? '' : `; ${Math.round(bytes / 2 ** 20)} MiB of memory`;
  return Promise.all(
    countings.map(async (counting) => {
      const { input, capture, records } = counting;
      const now = await counting.totals();
      const bad = countedProblems(now.problems).reduce((sum, { packets }) => sum + packets, 0);
      const kernel = now.droppedByKernel < 0 ? 'an unknown number' : String(now.droppedByKernel);
      return (
        `${input} (${capture}) for ${seconds} s: ${now.packets} packets, ${now.bytes} bytes; dropped by the kernel ${kernel}, ` +
        `by us ${now.droppedByUs}; not decodable ${bad}; ${now.flowsOpened} flows, ${now.flowsEvicted} of them pushed out; ` +
        `${records.count} records${readers}${memory}`
      );
    }),
  );
}
