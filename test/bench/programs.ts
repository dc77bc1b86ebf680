import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../tidy/tree.ts';

/** A probe and the reader of its files. */
export interface Suite {
  readonly name: 'argus' | 'panoptes';
  readonly argus: readonly string[];
  readonly ra: readonly string[];
}

export const PANOPTES: Suite = {
  name: 'panoptes',
  argus: [process.execPath, join(ROOT, 'dist/bin/argus')],
  ra: [process.execPath, join(ROOT, 'dist/bin/ra')],
};

/** The original, where it is installed. */
export function originalSuite(): Suite | undefined {
  const argus = executable('argus');
  const ra = executable('ra');
  return argus === undefined || ra === undefined ? undefined : { name: 'argus', argus: [argus], ra: [ra] };
}

/** A program on PATH or among the system's that is machine code, so that it is none of ours. */
export function executable(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path) && isElf(path));
}

function isElf(path: string): boolean {
  const file = openSync(path, 'r');
  const magic = Buffer.alloc(4);
  readSync(file, magic);
  closeSync(file);
  return magic.toString('latin1') === '\x7fELF';
}

/** What the records of a file add up to. */
export interface RecordSums {
  records: number;
  packets: number;
  bytes: number;
}

/** Reads a file of records with the suite's own `ra` and adds them up. */
export async function sumRecords(suite: Suite, path: string): Promise<RecordSums> {
  const fields = ['spkts', 'dpkts', 'sbytes', 'dbytes'];
  const [program = '', ...args] = [...suite.ra, '-X', '-r', path, '-n', '-L', '-1', '-c', ',', '-s', ...fields];
  const reader = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = new Promise<number | null>((resolve) => reader.once('close', resolve));
  const sums: RecordSums = { records: 0, packets: 0, bytes: 0 };
  let rest = '';
  for await (const chunk of reader.stdout) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) addLine(sums, line);
  }
  const status = await closed;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`);
  return sums;
}

function addLine(sums: RecordSums, line: string): void {
  const [spkts = Number.NaN, dpkts = Number.NaN, sbytes = Number.NaN, dbytes = Number.NaN] = line
    .split(',')
    .map(Number);
  if (Number.isNaN(spkts + dpkts + sbytes + dbytes)) throw new Error(`not a line of four numbers: ${line}`);
  sums.records += 1;
  sums.packets += spkts + dpkts;
  sums.bytes += sbytes + dbytes;
}
