import { printable } from './sanitize.ts';

/** Writes `program: message` as one line to standard error. Control characters in it become dots. */
export function log(program: string, message: string): void {
  write(`${program}: ${printable(message)}\n`);
}

/** As `log`, for a message that our own code laid out in several lines, such as one with a caret under a word. */
export function logLines(program: string, message: string): void {
  const lines = message.split('\n').map(printable);
  write(`${program}: ${lines.join('\n')}\n`);
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
