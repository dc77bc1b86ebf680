import { MAC_ADDRESS, type Headers } from './headers.ts';
import { commitTunnel } from './tunnel.ts';

/**
 * Takes the MAC addresses of a frame. On the link itself they are the stations of the link, and those of the flow only
 * when nothing above decodes; inside a tunnel they are those of the flow, until an inner layer says better.
 * @param destination offset of the receiver's 6 bytes
 * @param source offset of the sender's 6 bytes
 */
export function setStations(view: DataView, destination: number, source: number, headers: Headers): void {
  const destinationHigh = view.getUint16(destination);
  const destinationLow = view.getInt32(destination + 2);
  const sourceHigh = view.getUint16(source);
  const sourceLow = view.getInt32(source + 2);
  if ((headers.tunnelDepth | headers.tunnelsPending) === 0) {
    headers.hasMacs = true;
    headers.destinationMacHigh = destinationHigh;
    headers.destinationMacLow = destinationLow;
    headers.sourceMacHigh = sourceHigh;
    headers.sourceMacLow = sourceLow;
    return;
  }
  if (headers.tunnelsPending !== 0) commitTunnel(headers);
  headers.addressKind = MAC_ADDRESS;
  headers.destination0 = 0;
  headers.destination1 = 0;
  headers.destination2 = destinationHigh;
  headers.destination3 = destinationLow;
  headers.source0 = 0;
  headers.source1 = 0;
  headers.source2 = sourceHigh;
  headers.source3 = sourceLow;
}
