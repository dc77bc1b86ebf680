import { formatMessage, type Level, type LogFields, type LogStyle } from './log-format.ts';

let style: LogStyle = 'plain';
let send: (text: string) => void = write;

/** How messages look from now on. Default `plain`. */
export function setLogStyle(wanted: LogStyle): void {
  style = wanted;
}

/** Where messages go from now on, instead of standard error, and how they look there when that changes, too. */
export function setLogOutput(output: (text: string) => void, wanted = style): void {
  style = wanted;
  send = output;
}

/**
 * Writes a message, as a rule to standard error. Control characters in it become dots, apart from the ends of lines that our own code
 * laid out, such as one with a caret under a word.
 */
export function log(program: string, level: Level, text: string, fields: LogFields = {}): void {
  send(formatMessage(style, { program, level, text, fields, timeMs: Date.now() }));
}

/** Passes on what another process of ours has logged. */
export function relayLog(text: string): void {
  if (text !== '') send(text.endsWith('\n') ? text : `${text}\n`);
}

/** Resolves when everything logged has left the process, or cannot any more. */
export async function flushLog(): Promise<void> {
  if (!opened || !process.stderr.writable) return;
  await new Promise<void>((resolve) => process.stderr.write('', () => resolve()));
}

let opened = false;

function write(text: string): void {
  if (!opened) {
    opened = true;
    process.stderr.on('error', ignore); // whoever read our messages has gone; the work goes on
  }
  if (process.stderr.writable) process.stderr.write(text);
}

function ignore(): void {}
