import { join, relative } from 'node:path';
import type { ArchivePlace } from './archive.ts';
import { HOST } from './ports.ts';

/** Where the commands of the suite lie, this one among them. */
export const COMMANDS = join(import.meta.dirname, '../../bin');

/** A process, as a person would have started it. */
interface Line {
  readonly line: string;
}

/** What runs, as the header tells of it. */
export interface Story {
  readonly traffic: string;
  /** What else there is to say of the traffic. */
  readonly remark: string;
  readonly probe: Line;
  readonly radium: Line;
  readonly rastream: Line;
  /** At which all can be read. */
  readonly port: number;
  readonly archive: Pick<ArchivePlace, 'folder' | 'span'>;
}

/** The head of the screen: what runs where, and how to read along. */
export function headerText(story: Story): string {
  const { traffic, remark, probe, radium, rastream, port, archive } = story;
  return `${[
    'Panoptes is up: packets become flow records, which come live over TCP and are kept in files.',
    '',
    `  traffic    ${traffic}`,
    ...(remark === '' ? [] : [`             ${remark}`]),
    `  probe      ${probe.line}`,
    `  joined by  ${radium.line}`,
    `  kept by    ${rastream.line}`,
    `  shown by   ra -S ${HOST}:${port}, whose output is below`,
    '',
    'Read the same records from another terminal, or what is in the files; each is there when its time is over.',
    `  ${commandLine(['-S', `${HOST}:${port}`])}`,
    `  ${commandLine(['-R', archive.folder])}`,
    'Ctrl-C ends all of it.',
    '',
  ].join('\n')}\n`;
}

/** What is said when a second probe starts beside the first. */
export function joinedText(reason: string, probe: Line, port: number, source: string): string {
  return `${[
    '',
    `${reason} Synthetic traffic has started beside it: ${probe.line}`,
    'Read its records alone with',
    `  ${commandLine(['-S', `${HOST}:${port}`, '-', 'srcid', source])}`,
    '',
  ].join('\n')}\n`;
}

/** What remains. */
export function farewellText(folder: string): string {
  return `\nAll of these records are kept: ${commandLine(['-R', folder])}\n`;
}

/** The command line of `ra`, as it can be typed where we were started. */
function commandLine(args: readonly string[]): string {
  const fromHere = relative(process.cwd(), COMMANDS);
  const folder = fromHere.startsWith('..') ? COMMANDS : fromHere;
  return shellWords([`${folder}/ra`, ...args]);
}

/** As a shell takes each for one word. */
export function shellWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}
