import type { PacketFilter } from './source.ts';

/** One instruction of classic BPF, as `struct bpf_insn`. */
export interface BpfInstruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

export const BPF_INSTRUCTIONS_MAX = 4096;
const SCRATCH_WORDS = 16;

// Instruction codes (linux/bpf_common.h): class, size, mode; operation and operand.
const CLASS = { ld: 0, ldx: 1, st: 2, stx: 3, alu: 4, jmp: 5, ret: 6, misc: 7 } as const;
const SIZE = { word: 0x00, half: 0x08, byte: 0x10 } as const;
const MODE = { imm: 0x00, abs: 0x20, ind: 0x40, mem: 0x60, len: 0x80, msh: 0xa0 } as const;
const ALU_NAMES = ['add', 'sub', 'mul', 'div', 'or', 'and', 'lsh', 'rsh', 'neg', 'mod', 'xor'] as const;
const JUMP_NAMES = ['ja', 'jeq', 'jgt', 'jge', 'jset'] as const;
const DIV = 3;
const MOD = 9;

/**
 * Checks a program as a kernel does: known instructions, forward jumps within the program, scratch words that exist, no
 * constant division by zero, and an end.
 * @returns what is wrong, or undefined
 */
export function bpfProblem(program: readonly BpfInstruction[]): string | undefined {
  if (program.length === 0 || program.length > BPF_INSTRUCTIONS_MAX) return `${program.length} instructions`;
  for (const [pc, instruction] of program.entries()) {
    const problem = instructionProblem(instruction, pc, program.length);
    if (problem !== undefined) return `instruction ${pc}: ${problem}`;
  }
  return (program.at(-1)!.code & 7) === CLASS.ret ? undefined : 'no return at the end';
}

function instructionProblem({ code, jt, jf, k }: BpfInstruction, pc: number, length: number): string | undefined {
  const operation = code >> 4;
  switch (code & 7) {
    case CLASS.ld:
    case CLASS.ldx:
      return loadProblem(code, k);
    case CLASS.st:
    case CLASS.stx:
      return k < SCRATCH_WORDS ? undefined : 'scratch word out of range';
    case CLASS.alu:
      if (operation >= ALU_NAMES.length) return 'unknown operation';
      return (operation === DIV || operation === MOD) && (code & 8) === 0 && k === 0 ? 'division by zero' : undefined;
    case CLASS.jmp:
      if (operation >= JUMP_NAMES.length) return 'unknown jump';
      return pc + 1 + (operation === 0 ? k : Math.max(jt, jf)) < length ? undefined : 'jump out of the program';
    case CLASS.ret:
      return (code & 0x18) === 0 || (code & 0x18) === 0x10 ? undefined : 'unknown return';
    default:
      return (code & 0xf8) === 0 || (code & 0xf8) === 0x80 ? undefined : 'unknown instruction';
  }
}

function loadProblem(code: number, k: number): string | undefined {
  const mode = code & 0xe0;
  const isX = (code & 7) === CLASS.ldx;
  if (mode === MODE.mem) return k < SCRATCH_WORDS ? undefined : 'scratch word out of range';
  if (mode === MODE.imm || mode === MODE.len) return undefined;
  if (isX) return mode === MODE.msh ? undefined : 'unknown load';
  if (mode !== MODE.abs && mode !== MODE.ind) return 'unknown load';
  return (code & 0x18) === 0x18 ? 'unknown size' : undefined;
}

/**
 * A program as a filter. A load beyond the captured bytes refuses the packet, as in the kernel.
 * @param program of which `bpfProblem` finds nothing
 */
export function bpfFilter(program: readonly BpfInstruction[]): PacketFilter {
  const machine = new Machine(program);
  return (view, offset, captured, wire) => machine.run(view, offset, captured, wire) !== 0;
}

/** Runs one program; all words are unsigned 32-bit, held as signed integers. */
class Machine {
  readonly #code: Uint16Array;
  readonly #jt: Uint8Array;
  readonly #jf: Uint8Array;
  readonly #k: Int32Array;
  readonly #scratch = new Int32Array(SCRATCH_WORDS);

  constructor(program: readonly BpfInstruction[]) {
    this.#code = Uint16Array.from(program, ({ code }) => code);
    this.#jt = Uint8Array.from(program, ({ jt }) => jt);
    this.#jf = Uint8Array.from(program, ({ jf }) => jf);
    this.#k = Int32Array.from(program, ({ k }) => k | 0);
  }

  /** @returns how much of the packet to keep; 0 refuses it */
  run(view: DataView, offset: number, captured: number, wire: number): number {
    const scratch = this.#scratch.fill(0);
    let a = 0;
    let x = 0;
    for (let pc = 0; ; pc++) {
      const code = this.#code[pc]!;
      const k = this.#k[pc]!;
      switch (code & 7) {
        case CLASS.ld:
        case CLASS.ldx: {
          const value = this.#load(view, offset, captured, wire, code, k, x);
          if (value === undefined) return 0;
          if ((code & 7) === CLASS.ld) a = value;
          else x = value;
          break;
        }
        case CLASS.st:
          scratch[k] = a;
          break;
        case CLASS.stx:
          scratch[k] = x;
          break;
        case CLASS.alu: {
          const operand = (code & 8) === 0 ? k : x;
          if (operand === 0 && (code >> 4 === DIV || code >> 4 === MOD)) return 0;
          a = calculate(code >> 4, a, operand);
          break;
        }
        case CLASS.jmp:
          if (code >> 4 === 0) pc += k >>> 0;
          else pc += holds(code >> 4, a, (code & 8) === 0 ? k : x) ? this.#jt[pc]! : this.#jf[pc]!;
          break;
        case CLASS.ret:
          return (code & 0x18) === 0 ? k >>> 0 : a >>> 0;
        default:
          if ((code & 0x80) === 0) x = a;
          else a = x;
      }
    }
  }

  #load(
    view: DataView,
    offset: number,
    captured: number,
    wire: number,
    code: number,
    k: number,
    x: number,
  ): number | undefined {
    switch (code & 0xe0) {
      case MODE.imm:
        return k;
      case MODE.mem:
        return this.#scratch[k]!;
      case MODE.len:
        return wire;
      case MODE.msh:
        return k >>> 0 < captured ? (view.getUint8(offset + (k >>> 0)) & 15) * 4 : undefined;
      default: {
        const at = (k >>> 0) + ((code & 0xe0) === MODE.ind ? x >>> 0 : 0);
        const size = code & 0x18;
        if (size === SIZE.word) return at + 4 <= captured ? view.getInt32(offset + at) : undefined;
        if (size === SIZE.half) return at + 2 <= captured ? view.getUint16(offset + at) : undefined;
        return at < captured ? view.getUint8(offset + at) : undefined;
      }
    }
  }
}

function calculate(operation: number, a: number, operand: number): number {
  switch (ALU_NAMES[operation]) {
    case 'add':
      return (a + operand) | 0;
    case 'sub':
      return (a - operand) | 0;
    case 'mul':
      return Math.imul(a, operand);
    case 'div':
      return ((a >>> 0) / (operand >>> 0)) | 0;
    case 'or':
      return a | operand;
    case 'and':
      return a & operand;
    case 'lsh':
      return operand >>> 0 > 31 ? 0 : a << operand;
    case 'rsh':
      return operand >>> 0 > 31 ? 0 : a >>> operand;
    case 'neg':
      return -a | 0;
    case 'mod':
      return ((a >>> 0) % (operand >>> 0)) | 0;
    default:
      return a ^ operand;
  }
}

function holds(jump: number, a: number, operand: number): boolean {
  switch (JUMP_NAMES[jump]) {
    case 'jeq':
      return a === operand;
    case 'jgt':
      return a >>> 0 > operand >>> 0;
    case 'jge':
      return a >>> 0 >= operand >>> 0;
    default:
      return (a & operand) !== 0;
  }
}

/** The program as `tcpdump -d` prints it, one instruction a line. */
export function listProgram(program: readonly BpfInstruction[]): string {
  return program.map((instruction, pc) => `(${String(pc).padStart(3, '0')}) ${listing(instruction, pc)}\n`).join('');
}

function listing({ code, jt, jf, k }: BpfInstruction, pc: number): string {
  const operand = (name: string, text: string): string => `${name.padEnd(8)} ${text}`;
  const hex = `#0x${(k >>> 0).toString(16)}`;
  const source = (code & 8) === 0 ? hex : 'x';
  switch (code & 7) {
    case CLASS.ld:
    case CLASS.ldx:
      return operand(`ld${loadSuffix(code)}`, address(code, k));
    case CLASS.st:
      return operand('st', `M[${k}]`);
    case CLASS.stx:
      return operand('stx', `M[${k}]`);
    case CLASS.alu:
      return operand(ALU_NAMES[code >> 4] ?? '?', code >> 4 === 8 ? '' : source).trimEnd();
    case CLASS.jmp:
      if (code >> 4 === 0) return operand('ja', `${pc + 1 + k}`);
      return `${operand(JUMP_NAMES[code >> 4] ?? '?', source).padEnd(25)} jt ${pc + 1 + jt}\tjf ${pc + 1 + jf}`;
    case CLASS.ret:
      return operand('ret', (code & 0x18) === 0 ? `#${k >>> 0}` : '');
    default:
      return (code & 0x80) === 0 ? 'tax' : 'txa';
  }
}

function loadSuffix(code: number): string {
  const x = (code & 7) === CLASS.ldx ? 'x' : '';
  const mode = code & 0xe0;
  if (mode === MODE.msh) return 'xb';
  if (mode !== MODE.abs && mode !== MODE.ind) return x;
  return (code & 0x18) === SIZE.half ? 'h' : (code & 0x18) === SIZE.byte ? 'b' : '';
}

function address(code: number, k: number): string {
  switch (code & 0xe0) {
    case MODE.imm:
      return `#0x${(k >>> 0).toString(16)}`;
    case MODE.mem:
      return `M[${k}]`;
    case MODE.len:
      return '#pktlen';
    case MODE.msh:
      return `4*([${k}]&0xf)`;
    case MODE.ind:
      return `[x + ${k}]`;
    default:
      return `[${k}]`;
  }
}
