import type { BpfInstruction } from './bpf.ts';

/*
 * Which member of a fanout group a packet belongs to: by the unordered pair of its IP addresses, of the quoted packet's for
 * ICMP errors, of those that ARP is about, of its MAC addresses otherwise; so that a flow, its fragments and the errors about it come to one member.
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
const LD_SCRATCH = 0x60;
const LDX_SCRATCH = 0x61;
const ST = 0x02;
const TAX = 0x07;
const ADD_X = 0x0c;
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

const ETHERTYPE = { ip4: 0x0800, arp: 0x0806, ip6: 0x86dd, vlan: 0x8100, qinq: 0x88a8 } as const;
/** Types of ICMP errors, which quote a packet: unreachable, quench, redirect, time exceeded, parameter problem. */
const ICMP_ERRORS = [3, 4, 5, 11, 12];

/** An instruction, whose jumps name places; a place is a name alone. */
type Line = string | { readonly code: number; readonly k?: number; readonly yes?: string; readonly no?: string };

const op = (code: number, k = 0): Line => ({ code, k });
const when = (code: number, k: number, yes: string): Line => ({ code, k, yes });
const unless = (code: number, k: number, no: string): Line => ({ code, k, no });
const go = (yes: string): Line => ({ code: JUMP, yes });

/** To 'mix' with a hash of the address at `first`, and of that at `second`. */
function mixOf(first: number, second: number, words: number, load = LD_WORD): Line[] {
  return [...hashOf(first, words, load), op(ST, 0), ...hashOf(second, words, load), go('mix')];
}

/** A = a hash of words, the word itself when it is one. */
function hashOf(at: number, words: number, load: number): Line[] {
  const lines: Line[] = [op(load, at)];
  for (let i = 1; i < words; i++) lines.push(op(MULTIPLY, 0x85eb_ca6b), op(TAX), op(load, at + 4 * i), op(ADD_X));
  return lines;
}

/** @param at of the header, bytes from where the kernel takes the network header to begin */
function ipv4(at: number, name: string): Line[] {
  const header = NETWORK + at;
  return [
    name,
    op(LD_BYTE, header + 9),
    unless(JUMP_EQUAL, 1, `${name} pair`),
    op(LD_HALF, header + 6),
    when(JUMP_SET, 0x1fff, `${name} pair`), // a later fragment
    op(LD_BYTE, header),
    op(AND, 15),
    op(SHIFT_LEFT, 2),
    op(TAX), // the length of the header
    op(LD_BYTE_X, header),
    ...ICMP_ERRORS.map((type) => when(JUMP_EQUAL, type, `${name} quoted`)),
    `${name} pair`,
    ...mixOf(header + 12, header + 16, 1),
    `${name} quoted`,
    ...mixOf(header + 8 + 12, header + 8 + 16, 1, LD_WORD_X),
  ];
}

/** @param at as with `ipv4` */
function ipv6(at: number, name: string): Line[] {
  const header = NETWORK + at;
  return [
    name,
    op(LD_BYTE, header + 6),
    unless(JUMP_EQUAL, 58, `${name} pair`),
    op(LD_BYTE, header + 40),
    when(JUMP_AT_LEAST, 128, `${name} pair`),
    ...mixOf(header + 48 + 8, header + 48 + 24, 4), // all types below are errors
    `${name} pair`,
    ...mixOf(header + 8, header + 24, 4),
  ];
}

/** A request goes to all stations and its answer to one, so their MAC addresses are no pair. @param at as with `ipv4` */
function arp(at: number, name: string): Line[] {
  return [name, ...mixOf(NETWORK + at + 14, NETWORK + at + 24, 1)];
}

const LINES: readonly Line[] = [
  op(LD_HALF, PROTOCOL),
  when(JUMP_EQUAL, ETHERTYPE.ip4, 'ip4'),
  when(JUMP_EQUAL, ETHERTYPE.ip6, 'ip6'),
  when(JUMP_EQUAL, ETHERTYPE.arp, 'arp'),
  when(JUMP_EQUAL, ETHERTYPE.vlan, 'tag'),
  unless(JUMP_EQUAL, ETHERTYPE.qinq, 'link'),
  'tag', // the kernel takes away the outer tag; what is behind an inner one lies four bytes further on
  op(LD_HALF, NETWORK + 2),
  when(JUMP_EQUAL, ETHERTYPE.ip4, 'tagged ip4'),
  when(JUMP_EQUAL, ETHERTYPE.ip6, 'tagged ip6'),
  when(JUMP_EQUAL, ETHERTYPE.arp, 'tagged arp'),
  go('link'),
  ...ipv4(0, 'ip4'),
  ...ipv6(0, 'ip6'),
  ...ipv4(4, 'tagged ip4'),
  ...ipv6(4, 'tagged ip6'),
  ...arp(0, 'arp'),
  ...arp(4, 'tagged arp'),

  'link',
  ...mixOf(LINK + 2, LINK + 8, 1),

  // A and the first word of scratch are of the two sides. Their xor alone would be the same for all pairs of two subnets
  // that are numbered alike; with their sum it is not.
  'mix',
  op(ST, 1),
  op(LDX_SCRATCH, 0),
  op(XOR_X),
  op(MULTIPLY, 0x9e37_79b1),
  op(ST, 2),
  op(LD_SCRATCH, 1),
  op(ADD_X),
  op(MULTIPLY, 0x85eb_ca6b),
  op(LDX_SCRATCH, 2),
  op(ADD_X),
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
