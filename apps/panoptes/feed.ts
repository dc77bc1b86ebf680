import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { pcapHeader, pcapRecords } from '../../libs/synthetic/pcap.ts';
import { SyntheticSource } from '../../libs/synthetic/source.ts';
import { officeTraffic } from '../../libs/synthetic/traffic.ts';

const PACKETS_PER_SECOND = 200;

/** Plays synthetic traffic into a pipe, as tcpdump would write it, until the signal aborts or nobody reads. */
export async function feedTraffic(pipe: Writable, seed: number, signal: AbortSignal): Promise<void> {
  const source = new SyntheticSource(officeTraffic({ packetsPerSecond: PACKETS_PER_SECOND, seed }));
  const stop = (): void => void source.close();
  const gone = AbortSignal.any([signal, closing(pipe)]);
  gone.addEventListener('abort', stop, { once: true });
  pipe.write(pcapHeader(source.snapBytes));
  for (let batch = await source.next(); batch !== null && !gone.aborted; batch = await source.next()) {
    if (batch.count === 0 || pipe.write(pcapRecords(batch))) continue;
    await once(pipe, 'drain', { signal: gone }).catch(() => undefined);
  }
  pipe.end();
}

function closing(pipe: Writable): AbortSignal {
  const controller = new AbortController();
  pipe.once('close', () => controller.abort());
  return controller.signal;
}
