/**
 * A process of its own that captures, started by cap-source.ts. The package `cap` aborts its process when the interface goes
 * down, and under load does not let anything else run: neither may happen to a probe.
 */
import { Socket } from 'node:net';
import { nowUs } from '../core/clock.ts';
import { PACKETS_FD, type CapAnswer, type CapOrder } from './cap-messages.ts';
import { newCap, type CapHandle } from './cap.ts';
import { PacketPipe } from './packet-pipe.ts';

const PACKET_BYTES_MAX = 65_535;
/** libpcap's buffer for what we have not fetched: on interfaces with segmentation offload some 500 packets of 64 KiB. */
const LIBPCAP_BUFFER_BYTES = 32 << 20;
/** How long a packet waits for others before it is sent on. */
const FLUSH_MS = 10;

/** Must live as long as the process, see CapHandle. */
const captures: CapHandle[] = [];
const packet = Buffer.alloc(PACKET_BYTES_MAX);

function open(device: string, filter: string): { readonly cap: CapHandle; readonly link: string } {
  const cap = newCap();
  captures.push(cap);
  return { cap, link: cap.open(device, filter, LIBPCAP_BUFFER_BYTES, packet) };
}

function start({ device, filter }: CapOrder): CapAnswer {
  try {
    newCap();
  } catch (error) {
    return { failed: 'load', text: String(error) };
  }
  try {
    const { cap, link } = open(device, filter);
    run(cap);
    return { link };
  } catch (error) {
    const text = (error as Error).message.trim();
    return { failed: filter !== '' && opens(device) ? 'filter' : 'open', text };
  }
}

/** Whether it was the filter that kept the device from being opened. */
function opens(device: string): boolean {
  try {
    open(device, '').cap.close();
    return true;
  } catch {
    return false;
  }
}

function run(cap: CapHandle): void {
  const socket = new Socket({ fd: PACKETS_FD, readable: false, writable: true });
  const pipe = new PacketPipe((bytes, done) => socket.write(bytes, done), FLUSH_MS * 1000);
  const timer = setInterval(() => pipe.flush(), FLUSH_MS);
  const stop = (): void => {
    clearInterval(timer);
    cap.close();
    socket.destroy();
  };
  socket.on('error', stop);
  process.on('disconnect', stop);
  cap.on('packet', (bytes) => pipe.add(packet, bytes, nowUs()));
}

// A signal that a terminal sends to all is for the probe, which ends us when it has no more use for us.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

process.once('message', (order: CapOrder) => {
  const answer = start(order);
  process.send?.(answer);
  if ('failed' in answer) process.disconnect();
});
