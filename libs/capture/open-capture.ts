import type { Readable } from 'node:stream';
import { NoCaptureError } from './capture-failure.ts';
import { BlockReader } from './block-reader.ts';
import { openBytes } from './open-bytes.ts';
import { CaptureFile, type FilterForLink } from './capture-file.ts';
import { isPcap, PCAP_HEADER_BYTES, PcapFormat } from './pcap-file.ts';
import { isPcapng, PcapngFormat } from './pcapng-file.ts';
import type { PacketSource } from './source.ts';

export interface OpenCaptureOptions {
  /** Gives the filter for packets of a link type; called once for each. Absent: all packets. */
  readonly filter?: FilterForLink;
  /** Read for the path `-`. */
  readonly stdin?: Readable;
  /** Ends an input that is waited for, as a pipe may be, without a word. */
  readonly signal?: AbortSignal;
  /** Whether more is waited for at the end of a plain file, until the signal aborts. */
  readonly follows?: boolean;
}

const NEVER = new AbortController().signal;

/**
 * Opens a capture file, pcap or pcapng, perhaps compressed with gzip or zstd; all of this is told by its first bytes.
 * @throws {NoCaptureError} when it cannot be opened or is no capture
 */
export async function openCaptureFile(path: string, options: OpenCaptureOptions = {}): Promise<PacketSource> {
  const name = path === '-' ? 'standard input' : path;
  const { filter, stdin = process.stdin, signal = NEVER, follows = false } = options;
  const reader = new BlockReader(await openBytes(path, stdin, signal, follows));
  try {
    let more = true;
    while (more && reader.end - reader.start < PCAP_HEADER_BYTES) more = await reader.advance();
    const { view, start, end } = reader;
    if (signal.aborted && !more) return new CaptureFile(name, reader, new PcapngFormat(), undefined, signal);
    if (end === start) throw new NoCaptureError(name, 'is empty, so no capture');
    const magic = end - start >= 4 ? view.getUint32(start, true) : 0;
    if (isPcapng(magic)) return new CaptureFile(name, reader, new PcapngFormat(), filter, signal, follows);
    if (isPcap(magic)) {
      if (end - start < PCAP_HEADER_BYTES) throw new NoCaptureError(name, 'is cut within the header of a pcap file');
      reader.start += PCAP_HEADER_BYTES;
      const header = new DataView(view.buffer, view.byteOffset + start, PCAP_HEADER_BYTES);
      return new CaptureFile(name, reader, PcapFormat.of(header), filter, signal, follows);
    }
    const bytes = Buffer.from(view.buffer, view.byteOffset + start, Math.min(8, end - start)).toString('hex');
    throw new NoCaptureError(name, `is no pcap or pcapng capture (it begins with ${bytes})`);
  } catch (error) {
    await reader.close();
    if (error instanceof NoCaptureError) throw error;
    throw new NoCaptureError(name, (error as Error).message, error);
  }
}
