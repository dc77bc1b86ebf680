import type { PacketSource } from '../../libs/capture/source.ts';
import type { LinkEvent } from '../../libs/capture/link-event.ts';
import type { LiveInput } from './thread-messages.ts';

/** Opens what a probe thread captures from; several rings are one source, in the order of time. */
export async function openLive(input: LiveInput, _onLink: (event: LinkEvent) => void): Promise<PacketSource[]> {
  const { openCap } = await import('../../libs/capture/cap-source.ts');
  return Promise.all(input.devices.map((device) => openCap(device, input.filter)));
}
