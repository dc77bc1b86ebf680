import type { BpfInstruction } from './bpf.ts';
import { captureFilter } from './capture-filter.ts';
import { compileCaptureFilter } from './libpcap.ts';
import { programBytes } from './program-bytes.ts';

const ETHERNET = 1;
/** The kernel takes no more. */
const KERNEL_INSTRUCTIONS_MAX = 4096;
const WHOLE_PACKET = 262_144;
const VLAN_TAG_PRESENT = 0xffff_f000 + 48;

/** Refuses all. */
export const REFUSE_ALL = programBytes([{ code: 0x06, jt: 0, jf: 0, k: 0 }]);

/**
 * Lets packets with a tag through, and asks the program about the others: the kernel keeps the tag apart from the packet, where
 * a program that libpcap made for files does not look for it.
 */
const TAGGED_PASS: readonly BpfInstruction[] = [
  { code: 0x30, jt: 0, jf: 0, k: VLAN_TAG_PRESENT },
  { code: 0x15, jt: 1, jf: 0, k: 0 },
  { code: 0x06, jt: 0, jf: 0, k: WHOLE_PACKET },
];

/** Which packets we have to ask our own evaluator about. */
export type LeftToUs = 'none' | 'tagged' | 'all';

/**
 * What the kernel does of a capture filter, such that the whole is the same as on a file.
 * @param text in tcpdump's language; empty is none
 * @param linkType of the socket's packets; undefined when they have several
 * @throws {UsageError} for a filter that libpcap does not understand
 */
export function socketFilter(
  text: string,
  linkType: number | undefined,
  optimize: boolean,
): { readonly program: Buffer | undefined; readonly leftToUs: LeftToUs } {
  if (text.trim() === '') return { program: undefined, leftToUs: 'none' };
  if (linkType === undefined) {
    captureFilter(text, optimize); // which says what is wrong with it
    return { program: undefined, leftToUs: 'all' };
  }
  const program = [...(linkType === ETHERNET ? TAGGED_PASS : []), ...compileCaptureFilter(text, linkType, optimize)];
  if (!isForKernel(program)) return { program: undefined, leftToUs: 'all' };
  return { program: programBytes(program), leftToUs: linkType === ETHERNET ? 'tagged' : 'none' };
}

/** The kernel takes neither long programs nor those that jump back, as libpcap's `protochain` does. */
function isForKernel(program: readonly BpfInstruction[]): boolean {
  const JUMP = 0x05;
  return program.length <= KERNEL_INSTRUCTIONS_MAX && !program.some(({ code, k }) => code === JUMP && (k | 0) < 0);
}
