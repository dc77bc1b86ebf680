import { basename, dirname, join } from 'node:path';

const PART = /^\..+\.(\d{1,10})\.reblocked$/;

/** The name of a new file beside the one whose place it is to take, until it does. */
export function reblockedPart(path: string, pid = process.pid): string {
  return join(dirname(path), `.${basename(path)}.${pid}.reblocked`);
}

/** The process that made a file of such a name; undefined for any other name. */
export function makerOfPart(name: string): number | undefined {
  const pid = PART.exec(name)?.[1];
  return pid === undefined ? undefined : Number(pid);
}
