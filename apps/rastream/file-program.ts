import { ProgramRunner } from '../../libs/archive/program-runner.ts';
import type { RastreamArguments } from './options.ts';

/** The program that is run for finished files, where there is one. */
export function runnerOf(args: RastreamArguments, report: (message: string) => void): ProgramRunner | undefined {
  if (args.program === undefined) return undefined;
  return new ProgramRunner({
    program: args.program,
    timeoutMs: args['program-timeout'] * 1000,
    triesMax: args['program-tries'],
    retryMs: args['program-retry'] * 1000,
    runningMax: args['programs-max'],
    report,
  });
}
