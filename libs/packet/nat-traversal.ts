import type { Headers } from './headers.ts';
import { noteClosedTunnel, TUNNEL } from './tunnel.ts';

const ESP_BYTES = 8;

/**
 * IPsec behind address translation (RFC 3948 §2): ESP in UDP, told from IKE by an SPI that is not zero. The flow stays the
 * UDP one.
 */
export function decodeNatTraversal(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + ESP_BYTES > end) return -1;
  const spi = view.getInt32(offset);
  if (spi === 0) return -1;
  headers.spi = spi;
  headers.espSequence = view.getInt32(offset + 4);
  noteClosedTunnel(headers, TUNNEL.ipsecnat, spi);
  return offset;
}
