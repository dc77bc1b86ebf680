import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { ProgramRunner } from '../../libs/archive/program-runner.ts';
import type { Context } from '../../libs/cli/command.ts';
import { UsageError } from '../../libs/core/errors.ts';
import type { RastreamArguments } from './options.ts';

/** Programs that run when this is told to end have so long to come to theirs, milliseconds. */
export const GRACE_MS = 5000;

/**
 * The program that is run for finished files, where there is one.
 * @throws {UsageError} when it cannot be run as things are
 */
export function runnerOf(
  args: RastreamArguments,
  { env, info }: Pick<Context, 'env' | 'info'>,
): ProgramRunner | undefined {
  if (args.program === undefined) return undefined;
  if (!isProgram(args.program, env['PATH']))
    throw new UsageError(`-f '${args.program}': there is no program of that name that may be run`, {
      hint: 'Name one file, by its path or as PATH has it; words behind it are not for it.',
    });
  return new ProgramRunner({
    program: args.program,
    timeoutMs: args['program-timeout'] * 1000,
    triesMax: args['program-tries'],
    retryMs: args['program-retry'] * 1000,
    runningMax: args['programs-max'],
    report: info,
  });
}

function isProgram(name: string, path = '/bin:/usr/bin'): boolean {
  const places = name.includes('/') ? [name] : path.split(':').map((folder) => join(folder, name));
  return name !== '' && places.some(isRunnable);
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
