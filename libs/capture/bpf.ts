/** One instruction of classic BPF, as `struct bpf_insn`: numbers unsigned, of 16, 8, 8 and 32 bits. */
export interface BpfInstruction {
  readonly code: number;
  /** Instructions to skip when a condition holds, and when it does not. */
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

/** Long lists of hosts make thousands; the kernel takes 4,096. */
export const BPF_INSTRUCTIONS_MAX = 65_536;
export const BPF_SCRATCH_WORDS = 16;

/** What an instruction works on, which is also how it is listed. */
type Operand =
  | 'packet' // bytes at k
  | 'indexed' // bytes at x + k
  | 'header' // four times the low half of the byte at k
  | 'scratch'
  | 'length'
  | 'constant'
  | 'x'
  | 'none'
  | 'jump'
  | 'return';

interface Form {
  readonly name: string;
  readonly operand: Operand;
  /** It chooses between `jt` and `jf`. */
  readonly isBranch?: boolean;
}

/** All instructions, by code (linux/bpf_common.h; McCanne and Jacobson, The BSD Packet Filter, §3.3). */
const FORMS: ReadonlyMap<number, Form> = new Map<number, Form>([
  [0x20, { name: 'ld', operand: 'packet' }],
  [0x28, { name: 'ldh', operand: 'packet' }],
  [0x30, { name: 'ldb', operand: 'packet' }],
  [0x40, { name: 'ld', operand: 'indexed' }],
  [0x48, { name: 'ldh', operand: 'indexed' }],
  [0x50, { name: 'ldb', operand: 'indexed' }],
  [0x00, { name: 'ld', operand: 'constant' }],
  [0x60, { name: 'ld', operand: 'scratch' }],
  [0x80, { name: 'ld', operand: 'length' }],
  [0x01, { name: 'ldx', operand: 'constant' }],
  [0x61, { name: 'ldx', operand: 'scratch' }],
  [0x81, { name: 'ldx', operand: 'length' }],
  [0xb1, { name: 'ldxb', operand: 'header' }],
  [0x02, { name: 'st', operand: 'scratch' }],
  [0x03, { name: 'stx', operand: 'scratch' }],
  ...pair(0x04, 'add'),
  ...pair(0x14, 'sub'),
  ...pair(0x24, 'mul'),
  ...pair(0x34, 'div'),
  ...pair(0x44, 'or'),
  ...pair(0x54, 'and'),
  ...pair(0x64, 'lsh'),
  ...pair(0x74, 'rsh'),
  ...pair(0x94, 'mod'),
  ...pair(0xa4, 'xor'),
  [0x84, { name: 'neg', operand: 'none' }],
  [0x05, { name: 'ja', operand: 'jump' }],
  ...pair(0x15, 'jeq', true),
  ...pair(0x25, 'jgt', true),
  ...pair(0x35, 'jge', true),
  ...pair(0x45, 'jset', true),
  [0x06, { name: 'ret', operand: 'return' }],
  [0x16, { name: 'ret', operand: 'none' }],
  [0x07, { name: 'tax', operand: 'none' }],
  [0x87, { name: 'txa', operand: 'none' }],
]);

/** An instruction that takes a constant or, with another bit set, the index register. */
function pair(code: number, name: string, isBranch = false): [number, Form][] {
  return [
    [code, { name, operand: 'constant', isBranch }],
    [code | 8, { name, operand: 'x', isBranch }],
  ];
}

/**
 * Checks a program much as a kernel does: known instructions, jumps within the program, scratch words that exist, no
 * constant division by zero, and an end. Unlike a kernel it lets `ja` jump back, as libpcap's `protochain` does.
 * @returns what is wrong, or undefined
 */
export function bpfProblem(program: readonly BpfInstruction[]): string | undefined {
  if (program.length === 0 || program.length > BPF_INSTRUCTIONS_MAX) return `${program.length} instructions`;
  for (const [pc, instruction] of program.entries()) {
    const problem = instructionProblem(instruction, pc, program.length);
    if (problem !== undefined) return `instruction ${pc}: ${problem}`;
  }
  return FORMS.get(program.at(-1)!.code)?.name === 'ret' ? undefined : 'no return at the end';
}

function instructionProblem({ code, jt, jf, k }: BpfInstruction, pc: number, length: number): string | undefined {
  const form = FORMS.get(code);
  if (form === undefined) return `unknown code ${code}`;
  const { name, operand, isBranch } = form;
  if (operand === 'scratch' && k >= BPF_SCRATCH_WORDS) return 'scratch word out of range';
  if (operand === 'constant' && k === 0 && (name === 'div' || name === 'mod')) return 'division by zero';
  if (isBranch !== true && operand !== 'jump') return undefined;
  const target = pc + 1 + (operand === 'jump' ? k | 0 : Math.max(jt, jf));
  return target >= 0 && target < length ? undefined : 'jump out of the program';
}

/** The program as `tcpdump -d` prints it, one instruction a line. */
export function listProgram(program: readonly BpfInstruction[]): string {
  return program.map((instruction, pc) => `(${String(pc).padStart(3, '0')}) ${listing(instruction, pc)}\n`).join('');
}

function listing({ code, jt, jf, k }: BpfInstruction, pc: number): string {
  const form = FORMS.get(code);
  if (form === undefined) return `unknown  0x${code.toString(16)}`;
  const text = `${form.name.padEnd(8)} ${operandText(form.operand, k, pc)}`;
  return form.isBranch === true ? `${text.padEnd(25)} jt ${pc + 1 + jt}\tjf ${pc + 1 + jf}` : text.trimEnd();
}

function operandText(operand: Operand, k: number, pc: number): string {
  switch (operand) {
    case 'packet':
      return `[${k}]`;
    case 'indexed':
      return `[x + ${k}]`;
    case 'header':
      return `4*([${k}]&0xf)`;
    case 'scratch':
      return `M[${k}]`;
    case 'length':
      return '#pktlen';
    case 'constant':
      return `#0x${k.toString(16)}`;
    case 'x':
      return 'x';
    case 'none':
      return '';
    case 'jump':
      return String(pc + 1 + (k | 0));
    case 'return':
      return `#${k}`;
  }
}
