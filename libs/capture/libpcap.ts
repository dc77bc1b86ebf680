import { InputError, UsageError } from '../core/errors.ts';
import { loadKoffi, type Koffi, type KoffiLibrary } from '../core/koffi.ts';
import type { BpfInstruction } from './bpf.ts';
import { dltOf } from './data-link.ts';

const NAMES = ['libpcap.so.0.8', 'libpcap.so.1', 'libpcap.so', 'libpcap.dylib', 'libpcap.A.dylib'];
/** No packet is longer; the "whole packet" that an accepting program returns. */
const SNAPLEN = 262_144;
const NETMASK_UNKNOWN = 0xffff_ffff;
/** `struct bpf_program`: a count, then a pointer to instructions of eight bytes. */
const PROGRAM_BYTES = 16;
const INSTRUCTION_BYTES = 8;

interface Libpcap {
  readonly view: Koffi['view'];
  readonly openDead: (linkType: number, snaplen: number) => unknown;
  readonly compile: (handle: unknown, program: Buffer, text: string, optimize: number, netmask: number) => number;
  readonly error: (handle: unknown) => string;
  readonly freeCode: (program: Buffer) => void;
  readonly close: (handle: unknown) => void;
}

let loaded: Libpcap | undefined;

/** @throws {InputError} when koffi or the library is not there */
function libpcap(): Libpcap {
  return (loaded ??= load());
}

function load(): Libpcap {
  const koffi = loadKoffi('capture filters need');
  for (const name of NAMES) {
    let library: KoffiLibrary;
    try {
      library = koffi.load(name);
    } catch {
      continue;
    }
    return {
      view: (pointer, bytes) => koffi.view(pointer, bytes),
      openDead: library.func('void *pcap_open_dead(int, int)') as Libpcap['openDead'],
      compile: library.func('int pcap_compile(void *, void *, const char *, int, uint32_t)') as Libpcap['compile'],
      error: library.func('const char *pcap_geterr(void *)') as Libpcap['error'],
      freeCode: library.func('void pcap_freecode(void *)') as Libpcap['freeCode'],
      close: library.func('void pcap_close(void *)') as Libpcap['close'],
    };
  }
  throw new InputError('capture filters need libpcap, which is not installed', {
    hint: 'On Debian: apt-get install libpcap0.8',
  });
}

/**
 * Compiles a capture filter in tcpdump's language with libpcap's own compiler.
 * @param linkType LINKTYPE_ number of the packets that it is for
 * @throws {UsageError} for a filter that libpcap does not understand, in its words
 * @throws {InputError} without libpcap
 */
export function compileCaptureFilter(text: string, linkType: number, optimize: boolean): BpfInstruction[] {
  if (text.includes('\0')) throw new UsageError('capture filter: holds a zero byte');
  const pcap = libpcap();
  const handle = pcap.openDead(dltOf(linkType), SNAPLEN);
  const program = Buffer.alloc(PROGRAM_BYTES);
  try {
    if (pcap.compile(handle, program, text, optimize ? 1 : 0, NETMASK_UNKNOWN) !== 0) {
      throw new UsageError(`capture filter: ${pcap.error(handle)}\n  ${text}`, {
        hint: 'Capture filters are those of tcpdump; see pcap-filter(7).',
      });
    }
    const count = program.readUInt32LE(0);
    const words = new DataView(pcap.view(program.readBigUInt64LE(8), count * INSTRUCTION_BYTES));
    const instructions = Array.from({ length: count }, (_, i) => ({
      code: words.getUint16(i * INSTRUCTION_BYTES, true),
      jt: words.getUint8(i * INSTRUCTION_BYTES + 2),
      jf: words.getUint8(i * INSTRUCTION_BYTES + 3),
      k: words.getUint32(i * INSTRUCTION_BYTES + 4, true),
    }));
    pcap.freeCode(program);
    return instructions;
  } finally {
    pcap.close(handle);
  }
}
