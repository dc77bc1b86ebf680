import { InputError } from '../core/errors.ts';
import { noSuchInterface, notPermitted } from './capture-failure.ts';
import { fanoutProgram } from './fanout-program.ts';
import { linkTypeOfHardware } from './hardware-type.ts';
import { interfacesUp } from './interfaces.ts';
import { programBytes } from './program-bytes.ts';
import { REFUSE_ALL, socketFilter, type LeftToUs } from './socket-filter.ts';
import { AF, FANOUT, IOCTL, PACKET, RING_REQUEST, SO, SOCK, SOL, SyscallError, syscalls, TPACKET_V3, type Syscalls } from './syscalls.ts'; // prettier-ignore

/** How the kernel hands over packets. */
export interface RingOptions {
  /** Of a block, the unit in which packets are handed over; a multiple of the page size. Longer frames are cut. */
  readonly blockBytes: number;
  readonly blocks: number;
  /** A block that is not full is handed over after this time, milliseconds. */
  readonly retireMs: number;
  readonly promiscuous: boolean;
  /** Whether libpcap optimises the capture filter. */
  readonly optimize: boolean;
}

/** A ring that packets come in; plain data for the thread that reads it. Descriptor and memory are the process's. */
export interface RingHandle {
  readonly device: string;
  readonly fd: number;
  /** Where the ring is mapped. */
  readonly pointer: bigint;
  readonly options: RingOptions;
  /** Undefined when each packet has its own, as those of `any` do. */
  readonly linkType: number | undefined;
  /** One of several that share the packets of the interface. */
  readonly isShared: boolean;
  readonly filter: string;
  readonly leftToUs: LeftToUs;
}

/** All interfaces at once. */
export const ANY = 'any';
const LOOPBACK = 'lo';
/** Says nothing for the kernel's ring of version 3, but must divide the block. */
const FRAME_BYTES = 2048;

/**
 * Opens rings on an interface, among which its packets are shared so that those of a flow come to the same. Packets that
 * the filter takes are counted from now on. To be read by `RingSource`, and closed by `closeRing`.
 * @param filter capture filter in tcpdump's language; empty is none
 * @throws {InputError} when the interface cannot be captured on
 * @throws {UsageError} for a filter that libpcap does not understand
 */
export function openRings(device: string, filter: string, options: RingOptions, count: number): RingHandle[] {
  const system = syscalls();
  const index = device === ANY ? 0 : system.interfaceIndex(device);
  if (index === 0 && device !== ANY) throw noSuchInterface(device);
  const fds: number[] = [];
  const pointers: bigint[] = [];
  try {
    for (let i = 0; i < count; i++) fds.push(refusingSocket(system, device));
    const linkType = device === ANY ? undefined : linkTypeOf(system, fds[0]!, device);
    const { program, leftToUs } = socketFilter(filter, linkType, options.optimize);
    for (const fd of fds) pointers.push(mapRing(system, fd, options));
    // From here on it takes no time: nothing is bound before all could be counted.
    for (const fd of fds) system.bindToInterface(fd, index);
    if (count > 1) shareOut(system, fds);
    if (options.promiscuous) for (const fd of fds) joinPromiscuous(system, fd, index);
    for (const fd of fds) {
      if (program === undefined) system.setNumber(fd, SOL.socket, SO.detachFilter, 0);
      else system.setProgram(fd, SOL.socket, SO.attachFilter, program);
    }
    const isShared = count > 1;
    return fds.map((fd, i) => ({ device, fd, pointer: pointers[i]!, options, linkType, isShared, filter, leftToUs }));
  } catch (error) {
    fds.forEach((fd, i) => {
      const pointer = pointers[i];
      if (pointer === undefined) system.close(fd);
      else system.closeRing(fd, pointer, bytesOf(options));
    });
    throw failure(device, error);
  }
}

function bytesOf({ blockBytes, blocks }: RingOptions): number {
  return blockBytes * blocks;
}

/** Why there are no rings on this system, or with this installation; undefined where there are. */
export function ringMissing(): string | undefined {
  try {
    const system = syscalls();
    system.close(system.socket(AF.packet, SOCK.raw | SOCK.closeOnExec));
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    // Whether it is permitted, is asked when an interface is opened.
    return error instanceof SyscallError && error.code === 'EAFNOSUPPORT'
      ? 'this kernel has no packet sockets'
      : undefined;
  }
}

/** Closes a ring that no thread reads any more. */
export function closeRing({ fd, pointer, options }: RingHandle): void {
  syscalls().closeRing(fd, pointer, bytesOf(options));
}

/** A socket that refuses all packets for now, so that none comes before all is in its place. */
function refusingSocket(system: Syscalls, device: string): number {
  const fd = system.socket(AF.packet, SOCK.raw | SOCK.closeOnExec);
  try {
    system.setNumber(fd, SOL.packet, PACKET.version, TPACKET_V3);
    system.setProgram(fd, SOL.socket, SO.attachFilter, REFUSE_ALL);
    // Loopback shows each packet when it is sent and when it is received.
    if (device === LOOPBACK) system.setNumber(fd, SOL.packet, PACKET.ignoreOutgoing, 1);
    return fd;
  } catch (error) {
    system.close(fd);
    throw error;
  }
}

function linkTypeOf(system: Syscalls, fd: number, device: string): number {
  const type = system.interfaceWord(fd, IOCTL.hardwareAddress, device);
  const linkType = linkTypeOfHardware(type);
  if (linkType !== undefined) return linkType;
  throw new InputError(`${device}: frames of hardware type ${type} are not known`, { hint: 'Try --capture cap.' });
}

/** @returns where the ring is */
function mapRing(system: Syscalls, fd: number, options: RingOptions): bigint {
  system.setOption(fd, SOL.packet, PACKET.receiveRing, ringRequest(options));
  return system.mapRing(fd, bytesOf(options));
}

/** Puts sockets into a group of their own. */
function shareOut(system: Syscalls, fds: readonly number[]): void {
  let group = 0;
  for (const [i, fd] of fds.entries()) {
    const type = FANOUT.classicBpf | (i === 0 ? FANOUT.uniqueId : 0);
    system.setNumber(fd, SOL.packet, PACKET.fanout, group | (type << 16));
    if (i > 0) continue;
    group = system.getOption(fd, SOL.packet, PACKET.fanout, 4).readUInt16LE(0);
    system.setProgram(fd, SOL.packet, PACKET.fanoutData, programBytes(fanoutProgram()));
  }
}

function joinPromiscuous(system: Syscalls, fd: number, index: number): void {
  const indices = index === 0 ? interfacesUp().map((name) => system.interfaceIndex(name)) : [index];
  for (const each of indices) if (each !== 0) system.joinPromiscuous(fd, each);
}

function ringRequest({ blockBytes, blocks, retireMs }: RingOptions): Buffer {
  const request = Buffer.alloc(RING_REQUEST.bytes);
  request.writeUInt32LE(blockBytes, RING_REQUEST.blockBytes);
  request.writeUInt32LE(blocks, RING_REQUEST.blocks);
  request.writeUInt32LE(FRAME_BYTES, RING_REQUEST.frameBytes);
  request.writeUInt32LE((blockBytes / FRAME_BYTES) * blocks, RING_REQUEST.frames);
  request.writeUInt32LE(retireMs, RING_REQUEST.retireMs);
  return request;
}

function failure(device: string, error: unknown): unknown {
  if (!(error instanceof SyscallError)) return error;
  if (error.code === 'EPERM' || error.code === 'EACCES') return notPermitted(device, error);
  if (error.code === 'ENODEV') return noSuchInterface(device);
  if (error.code === 'ENOMEM') {
    return new InputError(`${device}: not enough memory for the ring`, {
      hint: 'Make it smaller with --ring.',
      cause: error,
    });
  }
  return new InputError(`${device}: ${error.message}`, { cause: error });
}
