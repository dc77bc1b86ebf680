import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/* Loaded into a command before itself: see `atFileStep`. */

type Functions = Record<string, (...args: unknown[]) => unknown>;

const { FILE_STEP, FILE_STEP_SIGNAL } = process.env;
const last = Number(FILE_STEP);
let step = 0;

/** Before each call of one of these functions, a step is counted. */
function count(owner: object, names: readonly string[], isStep: (args: readonly unknown[]) => boolean): void {
  const functions = owner as Functions;
  for (const name of names) {
    const original = functions[name]!;
    functions[name] = function (this: unknown, ...args: unknown[]) {
      if (isStep(args) && ++step === last) process.kill(process.pid, FILE_STEP_SIGNAL);
      return original.apply(this, args);
    };
  }
}

const always = (): boolean => true;
const writes = ([, flags = 'r']: readonly unknown[]): boolean => flags !== 'r';

count(
  fs,
  ['writeSync', 'fsyncSync', 'renameSync', 'rmSync', 'unlinkSync', 'linkSync', 'symlinkSync', 'mkdirSync'],
  always,
);
count(fs, ['openSync'], writes);
count(fs.promises, ['rename', 'rm', 'unlink', 'link', 'copyFile', 'truncate', 'writeFile', 'mkdir'], always);
count(fs.promises, ['open'], writes);
const open = fs.promises.open;
fs.promises.open = async (...args) => {
  const handle = await open(...args);
  if (writes(args)) count(handle, ['write', 'writev', 'writeFile', 'sync', 'datasync', 'truncate', 'utimes'], always);
  return handle;
};
syncBuiltinESMExports();
