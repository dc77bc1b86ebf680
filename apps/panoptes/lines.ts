import type { Readable } from 'node:stream';
import type { Output } from '../../libs/cli/output.ts';

/** Copies a program's text to the output in whole lines, so that several programs can share it. */
export async function copyLines(from: Readable, output: Output): Promise<void> {
  let rest = '';
  from.setEncoding('utf8');
  for await (const chunk of from) {
    const text = rest + String(chunk);
    const end = text.lastIndexOf('\n') + 1;
    rest = text.slice(end);
    if (end > 0) await output.write(text.slice(0, end));
  }
  if (rest !== '') await output.write(`${rest}\n`);
}
