import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandLine, Outcome } from '../support/command-line.ts';
import { writeGoldenCaptures } from './captures.ts';

/** Where the cases lie: a folder `<command>/<case>` with `cmd`, lines of shell, and `expected`. */
const FOLDER = join(import.meta.dirname, '../../../test/golden');

/** Records of one packet of every kind. */
export const KINDS_PATH = join(FOLDER, 'kinds.csv');

export interface GoldenCase {
  readonly name: string;
  readonly script: string;
  readonly expectedPath: string;
}

export function goldenCases(): GoldenCase[] {
  return subfolders(FOLDER).flatMap((command) =>
    subfolders(join(FOLDER, command)).map((name) => ({
      name: `${command}/${name}`,
      script: readFileSync(join(FOLDER, command, name, 'cmd'), 'utf8'),
      expectedPath: join(FOLDER, command, name, 'expected'),
    })),
  );
}

function subfolders(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** Puts into the folder of a shell what cases read: the captures, and records of two of them, `visit` and `capture`. */
export async function writeGoldenInputs(shell: CommandLine): Promise<void> {
  await writeGoldenCaptures(shell.folder);
  const { status, stderr } = shell.run('for name in visit capture; do argus -r $name.pcap -w $name; done');
  if (status !== 0) throw new Error(stderr);
}

/** What a case gave, as `expected` holds it: standard output, then what else there was to notice. */
export function transcript(shell: CommandLine, script: string): string {
  const { status, stdout, stderr }: Outcome = shell.run(script);
  const messages = stderr === '' ? '' : `--- standard error\n${stderr}`;
  return `${stdout}${messages}${status === 0 ? '' : `--- exit status ${status}\n`}`;
}
