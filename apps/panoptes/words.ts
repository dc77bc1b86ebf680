import { relative } from 'node:path';
import { COMMANDS } from './child.ts';
import { HOST } from './port.ts';

/** A probe as the header tells of it. */
export interface ProbeStory {
  readonly line: string;
  readonly port: number;
  readonly traffic: string;
}

/** The head of the screen: what runs where, and how to read along. */
export function headerText(probe: ProbeStory, remark: string): string {
  return `${[
    'Panoptes is up: packets become flow records, and the records come live over TCP.',
    '',
    `  traffic  ${probe.traffic}`,
    ...(remark === '' ? [] : [`           ${remark}`]),
    `  probe    ${probe.line}`,
    `  reader   ra -S ${HOST}:${probe.port}, whose output is below`,
    '',
    'Read the same records from another terminal with',
    `  ${readCommand([probe.port])}`,
    'Ctrl-C ends all of it.',
    '',
  ].join('\n')}\n`;
}

/** What is said when a second probe starts beside the first or in its place. */
export function joinedText(reason: string, probe: ProbeStory, ports: readonly number[]): string {
  return `${[
    '',
    `${reason} Synthetic traffic has started${ports.length > 1 ? ' beside it' : ''}: ${probe.line}`,
    'Read all records from another terminal with',
    `  ${readCommand(ports)}`,
    '',
  ].join('\n')}\n`;
}

/** The command line that reads these ports, as it can be typed where we were started. */
export function readCommand(ports: readonly number[]): string {
  const fromHere = relative(process.cwd(), COMMANDS);
  const folder = fromHere.startsWith('..') ? COMMANDS : fromHere;
  return [quoted(`${folder}/ra`), ...ports.map((port) => `-S ${HOST}:${port}`)].join(' ');
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w./@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
