import { TCP_OPTION } from '../../packet/headers.ts';
import { EVENT } from './field.ts';

const LETTERS: readonly (readonly [bit: number, letter: string])[] = [
  [TCP_OPTION.mss, 'M'],
  [TCP_OPTION.windowScale, 'w'],
  [TCP_OPTION.sackPermitted, 's'],
  [TCP_OPTION.sack, 'S'],
  [TCP_OPTION.echo, 'e'],
  [TCP_OPTION.echoReply, 'E'],
  [TCP_OPTION.timestamp, 'T'],
  [TCP_OPTION.cc, 'c'],
  [TCP_OPTION.ccNew, 'N'],
  [TCP_OPTION.ccEcho, 'O'],
];

/** Twelve places, a letter or a blank each. */
export function tcpOptionLetters(options: number, events: number | undefined): string {
  let text = '';
  for (const [bit, letter] of LETTERS) text += (options & bit) === 0 ? ' ' : letter;
  text += ((events ?? 0) & EVENT.sourceEcn) === 0 ? ' ' : 'S';
  return text + (((events ?? 0) & EVENT.destinationEcn) === 0 ? ' ' : 'D');
}
