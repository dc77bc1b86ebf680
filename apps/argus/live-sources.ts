import type { PacketSource } from '../../libs/capture/source.ts';
import type { LinkEvent } from '../../libs/capture/link-event.ts';
import type { LiveInput } from './thread-messages.ts';

/** Opens what a probe thread captures from; several rings are one source, in the order of time. */
export async function openLive(input: LiveInput, onLink: (event: LinkEvent) => void): Promise<PacketSource[]> {
  if (input.kind === 'cap') {
    const { openCap } = await import('../../libs/capture/cap-source.ts');
    return Promise.all(input.devices.map((device) => openCap(device, input.filter)));
  }
  const { RingSource } = await import('../../libs/capture/ring-source.ts');
  const sources = input.rings.map((ring) => new RingSource(ring, onLink));
  if (sources.length === 1) return sources;
  const { MergedSource } = await import('../../libs/capture/merged-source.ts');
  return [new MergedSource(sources)];
}
