import { compileFilter } from '../../libs/filter/compile.ts';
import { FilterError } from '../../libs/filter/errors.ts';
import type { FuzzResult } from './packets.ts';
import { cpuMilliseconds } from '../support/cpu-clock.ts';

/** Problems told; a broken parser would fill memory with them. */
const PROBLEMS_MAX = 20;
const RUNS_A_TURN = 1000;
/** A filter of 4 KiB must not take longer; the slowest machines take a hundredth of it. */
const MILLISECONDS_MAX = 1000;

const WORDS: readonly string[] = (
  'and or not && || ! ( ) ( ) = == != > < >= <= gt lt eq ~ !~ & , in has local ne matches src dst host net port proto ' +
  'ether mask ip tcp udp icmp arp man far vlan syn retrans mss multicast encaps gre state RST dir cid label suser user ' +
  'appname ~ "a|b" "(a*)*$" [x-z] \\d+ 2023/11/14 -1h **.14 saddr smac snet nstroke co app tls sflags 0x12 1k-2k ' +
  '10.0.0.1-10.0.0.9 pkts spkts bytes ttl dur stime srcid inode 10.0.0.1 10/8 192.0.2.0/24 2001:db8::1 ::/0 ' +
  '02:00:00:00:00:01 80 443 80-443 65536 -1 0x10 1e309 10ms 2k http domain esp sctp "and" \'x\' \\tcp constructor ' +
  '__proto__ 1.2.3 1-2-3 255.255.0.0'
).split(' ');
const CHARACTERS = 'abc019.:/-_*()<>=!&|"\'\\ \t\n\0é😀[]{}#$%';

/** Compiles filters of random words and characters; a problem is any throw but a `FilterError` that points into the text. */
export async function fuzz(options: { seed: number; runs: number }): Promise<FuzzResult> {
  const next = xorshift(options.seed);
  const problems: string[] = [];
  let runs = 0;
  for (; runs < options.runs && problems.length < PROBLEMS_MAX; runs++) {
    const text = randomFilter(next);
    const trouble = compileOne(text);
    if (trouble !== '') problems.push(`${trouble}: ${JSON.stringify(text)}`);
    if (runs % RUNS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return { runs, problems };
}

function compileOne(text: string): string {
  const start = cpuMilliseconds();
  try {
    compileFilter(text);
  } catch (error) {
    if (!(error instanceof FilterError)) return `threw ${String(error)}`;
    if (!(error.at >= 0 && error.at <= text.length)) return `points at ${error.at}`;
    if (error.message.split('\n').length !== 3) return `message of other than three lines: ${error.message}`;
  }
  const milliseconds = cpuMilliseconds() - start;
  return milliseconds > MILLISECONDS_MAX ? `took ${milliseconds} ms` : '';
}

function randomFilter(next: () => number): string {
  const length = next() % 64 === 0 ? next() % 1000 : next() % 12;
  let text = '';
  for (let i = 0; i < length; i++)
    text += next() % 16 === 0 ? CHARACTERS[next() % CHARACTERS.length]! : ` ${WORDS[next() % WORDS.length]!}`;
  return text;
}

/** A generator of unsigned 32-bit numbers that a seed repeats (Marsaglia's xorshift). */
function xorshift(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
