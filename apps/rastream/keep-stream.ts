import { accessSync, constants } from 'node:fs';
import { Patience } from '../../libs/archive/patience.ts';
import type { ProgramRunner } from '../../libs/archive/program-runner.ts';
import { StreamArchive, type Arrival } from '../../libs/archive/stream-archive.ts';
import type { Context } from '../../libs/cli/command.ts';
import { cannotWrite } from '../../libs/cli/split/split-inputs.ts';
import type { SplitPlan } from '../../libs/cli/split/split-plan.ts';
import { giveDirectory } from '../../libs/cli/state-directory.ts';
import { stopAfter } from '../../libs/cli/stop-after.ts';
import { nowUs } from '../../libs/core/clock.ts';
import { UsageError } from '../../libs/core/errors.ts';
import { makeFolder } from '../../libs/core/make-folder.ts';
import { Surroundings } from '../../libs/daemon/surroundings.ts';
import { GRACE_MS, runnerOf } from './file-program.ts';
import { archiveMetrics, statusLines } from './metrics.ts';
import type { RastreamArguments } from './options.ts';
import { received } from './received.ts';
import { lockFolder, stateFolder } from './state-folder.ts';

/** How often files are looked for that are to be closed, milliseconds. */
const TICK_MS = 500;

/** Keeps what servers send until told to end. @returns the exit status */
export async function keepStream(
  args: RastreamArguments,
  plan: SplitPlan,
  holdUs: number,
  context: Context,
): Promise<number> {
  if (args.range !== undefined) {
    throw new UsageError('a stream that is kept has no range -N', {
      hint: 'Keep all of it, and take the range of the files.',
    });
  }
  if (args.time.length > 0 || args.payload !== undefined) {
    throw new UsageError(`a stream that is kept is not selected by -${args.time.length > 0 ? 't' : 'e'}`, {
      hint: 'Keep all of it, and select from the files; a filter can be given.',
    });
  }
  const surroundings = await Surroundings.enter({ ...args, chroot: undefined }, context);
  let lock: Disposable | undefined;
  try {
    const { folder, name } = stateFolder(args, context);
    const made = prepareFolder(plan.folder);
    lock = lockFolder(folder, context.program);
    const broken = new AbortController();
    const runner = runnerOf(args, context);
    const archive = await openArchive(args, plan, holdUs, folder, runner, () => broken.abort(), context);
    await surroundings.ready({
      reload: () => Promise.resolve(),
      status: () => Promise.resolve(statusLines(archive.stats, runner)),
      metrics: (metrics) => archiveMetrics(metrics, archive.stats, runner),
      beforeRights: (identity) => {
        if (identity === undefined) return;
        const uid = identity.user?.uid ?? process.getuid?.() ?? 0;
        for (const each of made === undefined ? [folder] : [folder, made])
          giveDirectory(each, uid, identity.gid, context.warn);
      },
    });
    const signal = stopAfter(args['stop-after'], AbortSignal.any([context.signal, broken.signal]));
    await keep(archive, args.finish, received(args, name, archive.ledger, context, signal));
    await runner?.stop(GRACE_MS);
    await archive.settle();
    return 0;
  } catch (error) {
    throw cannotWrite(error);
  } finally {
    lock?.[Symbol.dispose]();
    surroundings.leave();
  }
}

/**
 * Makes the folder of the files, so that what is wrong with it is said before hours have gone by.
 * @returns the first folder that was not there
 */
function prepareFolder(folder: string): string | undefined {
  const made = makeFolder(folder);
  accessSync(folder, constants.W_OK);
  return made;
}

function openArchive(
  args: RastreamArguments,
  plan: SplitPlan,
  holdUs: number,
  folder: string,
  runner: ProgramRunner | undefined,
  failed: () => void,
  { signal, info, warn }: Context,
): Promise<StreamArchive> {
  const archive: Promise<StreamArchive> = StreamArchive.open({
    ...plan,
    folder,
    holdUs,
    nowUs,
    patience: new Patience({ signal, report: warn }),
    report: info,
    finished:
      runner === undefined
        ? undefined
        : (path) =>
            runner.add(path, (isSettled) => void archive.then((opened) => isSettled && opened.programDone(path))),
    failed,
    journalBytesMax: args['journal-max'] * 2 ** 20,
    syncMs: args['sync-ms'],
    syncBytes: args['sync-bytes'],
  });
  return archive;
}

async function keep(archive: StreamArchive, finishesAll: boolean, arrivals: AsyncIterable<Arrival>): Promise<void> {
  const timer = setInterval(() => void archive.tick().catch(() => undefined), TICK_MS);
  try {
    for await (const arrival of arrivals) {
      await archive.take(arrival);
    }
  } finally {
    clearInterval(timer);
    await archive.close(finishesAll);
  }
}
