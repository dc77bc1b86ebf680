import { BPF_SCRATCH_WORDS, type BpfInstruction } from './bpf.ts';
import type { PacketFilter } from './source.ts';

/** A program that jumps back more often, on one packet, refuses the packet: a chain of headers is never as long. */
const JUMPS_BACK_MAX = 256;

/**
 * A program as a filter. A load beyond the captured bytes and a division by zero refuse the packet, as in the kernel.
 * @param program of which `bpfProblem` finds nothing
 */
export function bpfFilter(program: readonly BpfInstruction[]): PacketFilter {
  const run = bpfValue(program);
  return (view, offset, captured, wire) => run(view, offset, captured, wire) !== 0;
}

/**
 * A program as a function of a packet: how much of it to keep, as `PacketFilter` takes it.
 * @param program as of `bpfFilter`
 */
export function bpfValue(
  program: readonly BpfInstruction[],
): (view: DataView, offset: number, captured: number, wire: number) => number {
  const machine = new Machine(program);
  return (view, offset, captured, wire) => machine.run(view, offset, captured, wire);
}

/** Runs one program. Its words are unsigned 32-bit, held as signed integers. */
class Machine {
  readonly #codes: Uint8Array;
  readonly #jt: Uint8Array;
  readonly #jf: Uint8Array;
  readonly #k: Int32Array;
  readonly #scratch = new Int32Array(BPF_SCRATCH_WORDS);
  readonly #usesScratch: boolean;
  /** Accumulator and index register, for `#compute`. */
  #a = 0;
  #x = 0;

  constructor(program: readonly BpfInstruction[]) {
    this.#codes = Uint8Array.from(program, ({ code }) => code);
    this.#jt = Uint8Array.from(program, ({ jt }) => jt);
    this.#jf = Uint8Array.from(program, ({ jf }) => jf);
    this.#k = Int32Array.from(program, ({ k }) => k | 0);
    this.#usesScratch = program.some(({ code }) => code === 0x02 || code === 0x03);
  }

  /**
   * Codes are literals, which bpf.ts names, so that the engine makes a jump table of them.
   * @returns how much of the packet to keep; 0 refuses it
   */
  run(view: DataView, offset: number, captured: number, wire: number): number {
    const codes = this.#codes;
    const ks = this.#k;
    if (this.#usesScratch) this.#scratch.fill(0);
    let jumpsBack = 0;
    let a = 0;
    let x = 0;
    for (let pc = 0; ; pc++) {
      const code = codes[pc]!;
      const k = ks[pc]!;
      switch (code) {
        case 0x20: // ld, ldh, ldb of the packet, at k and at x + k
        case 0x28:
        case 0x30:
        case 0x40:
        case 0x48:
        case 0x50: {
          const at = (k >>> 0) + (code < 0x40 ? 0 : x >>> 0);
          const size = code & 0x18;
          if (at + (size === 0x00 ? 4 : size === 0x08 ? 2 : 1) > captured) return 0;
          if (size === 0x00) a = view.getInt32(offset + at);
          else a = size === 0x08 ? view.getUint16(offset + at) : view.getUint8(offset + at);
          break;
        }
        case 0xb1: // ldxb
          if (k >>> 0 >= captured) return 0;
          x = (view.getUint8(offset + (k >>> 0)) & 15) * 4;
          break;
        case 0x05: // ja
          if (k < 0 && ++jumpsBack > JUMPS_BACK_MAX) return 0;
          pc += k;
          break;
        case 0x15: // jeq
        case 0x1d:
          pc += a === (code === 0x15 ? k : x) ? this.#jt[pc]! : this.#jf[pc]!;
          break;
        case 0x25: // jgt
        case 0x2d:
          pc += a >>> 0 > (code === 0x25 ? k : x) >>> 0 ? this.#jt[pc]! : this.#jf[pc]!;
          break;
        case 0x35: // jge
        case 0x3d:
          pc += a >>> 0 >= (code === 0x35 ? k : x) >>> 0 ? this.#jt[pc]! : this.#jf[pc]!;
          break;
        case 0x45: // jset
        case 0x4d:
          pc += (a & (code === 0x45 ? k : x)) === 0 ? this.#jf[pc]! : this.#jt[pc]!;
          break;
        case 0x06: // ret
          return k >>> 0;
        case 0x16:
          return a >>> 0;
        default:
          this.#a = a;
          this.#x = x;
          if (!this.#compute(code, k, wire)) return 0;
          a = this.#a;
          x = this.#x;
      }
    }
  }

  /** An instruction that neither looks at the packet nor jumps. @returns false for a division by zero */
  #compute(code: number, k: number, wire: number): boolean {
    switch (code) {
      case 0x00:
      case 0x60:
      case 0x80:
        this.#a = this.#operand(code, k, wire);
        return true;
      case 0x01:
      case 0x61:
      case 0x81:
        this.#x = this.#operand(code, k, wire);
        return true;
      case 0x02:
        this.#scratch[k] = this.#a;
        return true;
      case 0x03:
        this.#scratch[k] = this.#x;
        return true;
      case 0x07:
        this.#x = this.#a;
        return true;
      case 0x87:
        this.#a = this.#x;
        return true;
      default: {
        const operation = code & 0xf0;
        const operand = (code & 8) === 0 ? k : this.#x;
        if (operand === 0 && (operation === 0x30 || operation === 0x90)) return false;
        this.#a = calculated(operation, this.#a, operand);
        return true;
      }
    }
  }

  /** What ld and ldx take from elsewhere than the packet. */
  #operand(code: number, k: number, wire: number): number {
    const mode = code & 0xe0;
    if (mode === 0x00) return k;
    return mode === 0x60 ? this.#scratch[k]! : wire | 0;
  }
}

/** An instruction of the arithmetic class, by its upper four bits. */
function calculated(operation: number, a: number, operand: number): number {
  switch (operation) {
    case 0x00:
      return (a + operand) | 0;
    case 0x10:
      return (a - operand) | 0;
    case 0x20:
      return Math.imul(a, operand);
    case 0x30:
      return ((a >>> 0) / (operand >>> 0)) | 0;
    case 0x40:
      return a | operand;
    case 0x50:
      return a & operand;
    case 0x60:
      return operand >>> 0 > 31 ? 0 : a << operand;
    case 0x70:
      return operand >>> 0 > 31 ? 0 : a >>> operand;
    case 0x80:
      return -a | 0;
    case 0x90:
      return ((a >>> 0) % (operand >>> 0)) | 0;
    default:
      return a ^ operand;
  }
}
