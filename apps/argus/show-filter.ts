import { listProgram } from '../../libs/capture/bpf.ts';
import { compileCaptureFilter } from '../../libs/capture/libpcap.ts';

const ETHERNET = 1;

/** What a capture filter compiles to for Ethernet, one instruction a line. */
export function filterListing(filter: string, optimize: boolean): string {
  return listProgram(compileCaptureFilter(filter, ETHERNET, optimize));
}
