import { InputError } from '../core/errors.ts';
import { loadKoffi, type Koffi, type KoffiLibrary } from '../core/koffi.ts';

/**
 * System calls of Linux that Node has not, and the layouts that go with them. All prototypes and offsets of the suite's
 * capture are here; structures are Buffers in the machine's byte order, which is little-endian wherever Node runs on Linux
 * with koffi. Sources: packet(7), netdevice(7), linux/if_packet.h, linux/filter.h.
 */
export const AF = { unix: 1, packet: 17 } as const;
export const SOCK = { datagram: 2, raw: 3, closeOnExec: 0o2000000 } as const;
export const SOL = { socket: 1, packet: 263 } as const;
export const SO = { error: 4, attachFilter: 26, detachFilter: 27 } as const;
export const PACKET = {
  addMembership: 1,
  receiveRing: 5,
  statistics: 6,
  version: 10,
  fanout: 18,
  fanoutData: 22,
  ignoreOutgoing: 23,
} as const;
export const FANOUT = { classicBpf: 6, uniqueId: 0x2000 } as const;
export const TPACKET_V3 = 2;
/** In network byte order, as `sll_protocol` wants it. */
export const ETH_P_ALL_BE = 0x0300;
export const MEMBERSHIP_PROMISCUOUS = 1;
export const IOCTL = { interfaceFlags: 0x8913, hardwareAddress: 0x8927 } as const;
export const IFF_UP = 1;
export const POLL = { in: 1, error: 8 } as const;
export const ENETDOWN = 100;

/** `struct tpacket_req3`, seven words. */
export const RING_REQUEST = { bytes: 28, blockBytes: 0, blocks: 4, frameBytes: 8, frames: 12, retireMs: 16 } as const;
/** `struct sockaddr_ll` */
export const LINK_ADDRESS = { bytes: 20, family: 0, protocol: 2, index: 4, hardwareType: 8, packetType: 10 } as const;
/** Of each block of a ring. */
export const BLOCK = { headerBytes: 48, status: 8, packets: 12, firstPacket: 16, bytes: 20 } as const;
/** `struct tpacket3_hdr` and the `sockaddr_ll` behind it. */
export const FRAME = {
  headerBytes: 68,
  next: 0,
  seconds: 4,
  nanoseconds: 8,
  captured: 12,
  wire: 16,
  status: 20,
  mac: 24,
  vlanTci: 32,
  vlanTpid: 36,
  interfaceIndex: 52,
  hardwareType: 56,
  packetType: 58,
} as const;
export const BLOCK_READY = 1;
export const FRAME_STATUS = { vlanValid: 0x10, vlanTpidValid: 0x40 } as const;
export const OUTGOING = 4;
/** `struct packet_mreq` */
const MEMBERSHIP_BYTES = 16;
/** `struct ifreq`: the name, then what is asked for. */
const IFREQ = { bytes: 40, nameMax: 15, value: 16 } as const;
/** `struct sock_fprog`: a count, then a pointer to instructions of eight bytes. */
const PROGRAM = { bytes: 16, count: 0, pointer: 8, instructionBytes: 8 } as const;
const POLLFD = { bytes: 8, events: 4, happened: 6 } as const;

const READ_WRITE = 3;
const MAP_SHARED = 1;
/** PRIVATE | FIXED | ANONYMOUS | NORESERVE */
const MAP_NOTHING_OVER_IT = 0x4032;
/** C libraries: GNU's, and musl's by machine. */
const LIBRARIES = ['libc.so.6', 'libc.musl-x86_64.so.1', 'libc.musl-aarch64.so.1'];

/** A system call said no. */
export class SyscallError extends Error {
  /** As errno.h has it: `EPERM`. */
  readonly code: string;
  constructor(call: string, code: string) {
    super(`${call}: ${code}`);
    this.code = code;
  }
}

interface Prototypes {
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, option: number, value: Uint8Array, bytes: number): number;
  getsockopt(fd: number, level: number, option: number, value: Uint8Array, bytes: Uint8Array): number;
  bind(fd: number, address: Uint8Array, bytes: number): number;
  connect(fd: number, address: Uint8Array, bytes: number): number;
  getsockname(fd: number, address: Uint8Array, bytes: Uint8Array): number;
  close(fd: number): number;
  mmap(at: bigint | null, bytes: number, protection: number, flags: number, fd: number, offset: number): bigint;
  poll(descriptors: Uint8Array, count: number, timeoutMs: number): number;
  ioctl(fd: number, request: number, value: Uint8Array): number;
  nameToIndex(name: string): number;
  sendto(fd: number, bytes: Uint8Array, n: number, flags: number, to: Uint8Array, toBytes: number): number;
  chroot(path: string): number;
}

const FUNCTIONS: Readonly<Record<keyof Prototypes, string>> = {
  socket: 'int socket(int, int, int)',
  setsockopt: 'int setsockopt(int, int, int, void *, uint)',
  getsockopt: 'int getsockopt(int, int, int, void *, void *)',
  bind: 'int bind(int, void *, uint)',
  connect: 'int connect(int, void *, uint)',
  getsockname: 'int getsockname(int, void *, void *)',
  close: 'int close(int)',
  mmap: 'void *mmap(void *, size_t, int, int, int, int64)',
  poll: 'int poll(void *, ulong, int)',
  ioctl: 'int ioctl(int, ulong, void *)',
  nameToIndex: 'uint if_nametoindex(const char *)',
  sendto: 'int64 sendto(int, void *, size_t, int, void *, uint)',
  chroot: 'int chroot(const char *)',
};

/** The C library's functions, as methods that throw `SyscallError` where they say -1. */
export class Syscalls {
  readonly #koffi: Koffi;
  readonly #c: Prototypes;

  /** @throws {InputError} where it cannot be loaded, or this is not Linux */
  constructor() {
    if (process.platform !== 'linux') throw new InputError('the kernel ring is there on Linux only');
    this.#koffi = loadKoffi('the kernel ring needs');
    const library = loadLibrary(this.#koffi);
    const functions = Object.entries(FUNCTIONS).map(([name, prototype]) => [name, library.func(prototype)]);
    this.#c = Object.fromEntries(functions) as Prototypes;
  }

  #checked(call: string, result: number): number {
    if (result >= 0) return result;
    const errno = this.#koffi.errno();
    const names = Object.entries(this.#koffi.os.errno);
    throw new SyscallError(call, names.find(([, value]) => value === errno)?.[0] ?? `errno ${errno}`);
  }

  socket(domain: number, type: number): number {
    return this.#checked('socket', this.#c.socket(domain, type, 0));
  }

  close(fd: number): void {
    this.#c.close(fd);
  }

  setOption(fd: number, level: number, option: number, value: Uint8Array): void {
    this.#checked(`setsockopt ${level} ${option}`, this.#c.setsockopt(fd, level, option, value, value.length));
  }

  setNumber(fd: number, level: number, option: number, value: number): void {
    const word = Buffer.alloc(4);
    word.writeInt32LE(value | 0);
    this.setOption(fd, level, option, word);
  }

  getOption(fd: number, level: number, option: number, bytes: number): Buffer {
    const value = Buffer.alloc(bytes);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes);
    this.#checked(`getsockopt ${level} ${option}`, this.#c.getsockopt(fd, level, option, value, length));
    return value;
  }

  /** Attaches a program to a socket, or gives it to a fanout group. */
  setProgram(fd: number, level: number, option: number, program: Uint8Array): void {
    const header = Buffer.alloc(PROGRAM.bytes);
    header.writeUInt16LE(program.length / PROGRAM.instructionBytes, PROGRAM.count);
    header.writeBigUInt64LE(this.#koffi.address(program), PROGRAM.pointer); // the kernel copies while `program` is alive here
    this.setOption(fd, level, option, header);
  }

  /** Binds a packet socket to an interface, from when on it takes packets. @param index 0 is every interface */
  bindToInterface(fd: number, index: number): void {
    const address = Buffer.alloc(LINK_ADDRESS.bytes);
    address.writeUInt16LE(AF.packet, LINK_ADDRESS.family);
    address.writeUInt16LE(ETH_P_ALL_BE, LINK_ADDRESS.protocol);
    address.writeInt32LE(index, LINK_ADDRESS.index);
    this.#checked('bind', this.#c.bind(fd, address, address.length));
  }

  /** The interface that a packet socket is bound to; -1 when that is no more. */
  boundInterface(fd: number): number {
    const address = Buffer.alloc(LINK_ADDRESS.bytes);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(address.length);
    this.#checked('getsockname', this.#c.getsockname(fd, address, length));
    return address.readInt32LE(LINK_ADDRESS.index);
  }

  joinPromiscuous(fd: number, index: number): void {
    const membership = Buffer.alloc(MEMBERSHIP_BYTES);
    membership.writeInt32LE(index, 0);
    membership.writeUInt16LE(MEMBERSHIP_PROMISCUOUS, 4);
    this.setOption(fd, SOL.packet, PACKET.addMembership, membership);
  }

  /** @returns 0 when there is no such interface */
  interfaceIndex(name: string): number {
    return this.#c.nameToIndex(name);
  }

  /** @returns the 16 bits that `request` gives for an interface */
  interfaceWord(fd: number, request: number, name: string): number {
    const asked = Buffer.alloc(IFREQ.bytes);
    asked.write(name.slice(0, IFREQ.nameMax), 'latin1');
    this.#checked(`ioctl ${name}`, this.#c.ioctl(fd, request, asked));
    return asked.readUInt16LE(IFREQ.value);
  }

  /** Maps the ring of a socket. @returns where it is */
  mapRing(fd: number, bytes: number): bigint {
    const pointer = this.#c.mmap(null, bytes, READ_WRITE, MAP_SHARED, fd, 0);
    if (BigInt.asIntN(64, pointer) === -1n) this.#checked('mmap', -1);
    return pointer;
  }

  /**
   * Puts empty memory in the place of a ring, so that views of it that are still about read zeros, and closes its socket: a
   * socket whose ring is mapped lives on, and a view of what is no longer mapped ends the process.
   */
  closeRing(fd: number, pointer: bigint, bytes: number): void {
    this.#c.mmap(pointer, bytes, READ_WRITE, MAP_NOTHING_OVER_IT, -1, 0);
    this.#c.close(fd);
  }

  view(pointer: bigint, bytes: number): ArrayBuffer {
    return this.#koffi.view(pointer, bytes);
  }

  /**
   * Waits until one of the descriptors has something to read or is in trouble; all else stands still.
   * @returns what happened to each, bits of `POLL`
   */
  poll(fds: readonly number[], timeoutMs: number): number[] {
    const descriptors = Buffer.alloc(fds.length * POLLFD.bytes);
    fds.forEach((fd, i) => {
      descriptors.writeInt32LE(fd, i * POLLFD.bytes);
      descriptors.writeInt16LE(POLL.in, i * POLLFD.bytes + POLLFD.events);
    });
    this.#c.poll(descriptors, fds.length, timeoutMs); // interrupted is as good as nothing happened
    return fds.map((_, i) => descriptors.readInt16LE(i * POLLFD.bytes + POLLFD.happened));
  }

  /** @throws {SyscallError} */
  connect(fd: number, address: Uint8Array): void {
    this.#checked('connect', this.#c.connect(fd, address, address.length));
  }

  /** Sends a datagram without waiting. @param address empty where the socket is connected @returns whether it went */
  sendTo(fd: number, bytes: Uint8Array, address: Uint8Array): boolean {
    const NO_SIGNAL_DONT_WAIT = 0x4040;
    return this.#c.sendto(fd, bytes, bytes.length, NO_SIGNAL_DONT_WAIT, address, address.length) >= 0;
  }

  /** @throws {SyscallError} */
  chroot(path: string): void {
    this.#checked('chroot', this.#c.chroot(path));
  }
}

function loadLibrary(koffi: Koffi): KoffiLibrary {
  for (const name of LIBRARIES) {
    try {
      return koffi.load(name);
    } catch {
      continue;
    }
  }
  throw new InputError('the C library of this system could not be loaded', { hint: 'Use --capture cap.' });
}

let loaded: Syscalls | undefined;

/** @throws {InputError} where there are none, see `Syscalls` */
export function syscalls(): Syscalls {
  return (loaded ??= new Syscalls());
}
