import type { BpfInstruction } from './bpf.ts';

/*
 * Which member of a fanout group a packet belongs to: by the unordered pair of its IP addresses, of the quoted packet's for
 * ICMP errors, of its MAC addresses otherwise; so that a flow, its fragments and the errors about it come to one member.
 * The kernel takes the result modulo the members. Loads are relative to the headers that the kernel knows, because where a
 * packet's bytes begin differs between those received and those sent.
 */
const PROTOCOL = 0xffff_f000;
const NETWORK = 0xfff0_0000;
const LINK = 0xffe0_0000;

const LD_WORD = 0x20;
const LD_HALF = 0x28;
const LD_BYTE = 0x30;
const LD_WORD_X = 0x40;
const LD_BYTE_X = 0x50;
const LDX_SCRATCH = 0x61;
const ST = 0x02;
const TAX = 0x07;
const TXA = 0x87;
const XOR_X = 0xac;
const AND = 0x54;
const SHIFT_LEFT = 0x64;
const SHIFT_RIGHT = 0x74;
const MULTIPLY = 0x24;
const JUMP = 0x05;
const JUMP_EQUAL = 0x15;
const JUMP_AT_LEAST = 0x35;
const JUMP_SET = 0x45;
const RETURN_A = 0x16;

const ETHERTYPE = { ip4: 0x0800, ip6: 0x86dd, vlan: 0x8100, qinq: 0x88a8 } as const;
/** Types of ICMP errors, which quote a packet: unreachable, quench, redirect, time exceeded, parameter problem. */
const ICMP_ERRORS = [3, 4, 5, 11, 12];

/** An instruction, whose jumps name places; a place is a name alone. */
type Line = string | { readonly code: number; readonly k?: number; readonly yes?: string; readonly no?: string };

const op = (code: number, k = 0): Line => ({ code, k });
const when = (code: number, k: number, yes: string): Line => ({ code, k, yes });
const unless = (code: number, k: number, no: string): Line => ({ code, k, no });
const go = (yes: string): Line => ({ code: JUMP, yes });

/** X = the xor of words, at `at + 4 i` from the network header. */
function xorOfWords(at: number, words: number): Line[] {
  const lines: Line[] = [op(LD_WORD, NETWORK + at), op(TAX)];
  for (let i = 1; i < words; i++) lines.push(op(LD_WORD, NETWORK + at + 4 * i), op(XOR_X), op(TAX));
  return lines;
}

const LINES: readonly Line[] = [
  op(LD_HALF, PROTOCOL),
  when(JUMP_EQUAL, ETHERTYPE.ip4, 'ip4'),
  when(JUMP_EQUAL, ETHERTYPE.ip6, 'ip6'),
  when(JUMP_EQUAL, ETHERTYPE.vlan, 'vlan'),
  unless(JUMP_EQUAL, ETHERTYPE.qinq, 'link'),
  'vlan', // the kernel takes away the outer tag; addresses behind an inner one lie four bytes further on
  op(LD_HALF, NETWORK + 2),
  when(JUMP_EQUAL, ETHERTYPE.ip4, 'tagged ip4'),
  unless(JUMP_EQUAL, ETHERTYPE.ip6, 'link'),
  ...xorOfWords(4 + 8, 8),
  go('mix'),
  'tagged ip4',
  ...xorOfWords(4 + 12, 2),
  go('mix'),

  'ip4',
  op(LD_BYTE, NETWORK + 9),
  unless(JUMP_EQUAL, 1, 'plain ip4'),
  op(LD_HALF, NETWORK + 6),
  when(JUMP_SET, 0x1fff, 'plain ip4'), // a later fragment
  op(LD_BYTE, NETWORK),
  op(AND, 15),
  op(SHIFT_LEFT, 2),
  op(TAX),
  op(LD_BYTE_X, NETWORK),
  ...ICMP_ERRORS.map((type) => when(JUMP_EQUAL, type, 'quoted ip4')),
  'plain ip4',
  ...xorOfWords(12, 2),
  go('mix'),
  'quoted ip4', // X is the length of the outer header
  op(LD_WORD_X, NETWORK + 8 + 12),
  op(ST, 0),
  op(LD_WORD_X, NETWORK + 8 + 16),
  op(LDX_SCRATCH, 0),
  op(XOR_X),
  op(TAX),
  go('mix'),

  'ip6',
  op(LD_BYTE, NETWORK + 6),
  unless(JUMP_EQUAL, 58, 'plain ip6'),
  op(LD_BYTE, NETWORK + 40),
  when(JUMP_AT_LEAST, 128, 'plain ip6'),
  ...xorOfWords(48 + 8, 8),
  go('mix'),
  'plain ip6',
  ...xorOfWords(8, 8),
  go('mix'),

  'link',
  op(LD_WORD, LINK + 2),
  op(TAX),
  op(LD_WORD, LINK + 8),
  op(XOR_X),
  op(TAX),

  'mix',
  op(TXA),
  op(MULTIPLY, 0x9e37_79b1),
  op(SHIFT_RIGHT, 16),
  op(RETURN_A),
];

/** The program as instructions. */
export function fanoutProgram(): BpfInstruction[] {
  const places = new Map<string, number>();
  const instructions: Exclude<Line, string>[] = [];
  for (const line of LINES) {
    if (typeof line === 'string') places.set(line, instructions.length);
    else instructions.push(line);
  }
  const distance = (from: number, place: string | undefined): number =>
    place === undefined ? 0 : places.get(place)! - from - 1;
  return instructions.map(({ code, k = 0, yes, no }, i) =>
    code === JUMP
      ? { code, jt: 0, jf: 0, k: distance(i, yes) }
      : { code, jt: distance(i, yes), jf: distance(i, no), k: k >>> 0 },
  );
}
