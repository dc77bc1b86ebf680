import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { systemReason } from '../cli/system-error.ts';
import { InputError, SuiteError, UsageError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';

/** Whom a daemon becomes when all is open. */
export interface Identity {
  /** Undefined leaves the user as it is. */
  readonly user: { readonly name: string; readonly uid: number } | undefined;
  readonly gid: number;
  /** Whether the user's supplementary groups come too; else there are none. */
  readonly withGroups: boolean;
}

/**
 * Looks up what `-u` and `-g` name, by name or number; without `-g` the group is the user's.
 * @returns undefined when neither is given
 * @throws {UsageError} for one that does not exist
 */
export function identityOf(args: {
  readonly user: string | undefined;
  readonly group: string | undefined;
}): Identity | undefined {
  if (args.user === undefined && args.group === undefined) return undefined;
  const gid = args.group === undefined ? undefined : numberOr(args.group, () => find('group', args.group ?? '')[2]);
  if (args.user === undefined) return { user: undefined, gid: gid ?? 0, withGroups: false };
  const isNumber = /^\d{1,10}$/.test(args.user);
  const entry = isNumber ? lookUp('passwd', args.user) : find('passwd', args.user);
  if (entry === undefined) {
    if (gid === undefined)
      throw new UsageError(`user ${args.user} is not known, so has no group`, { hint: 'Name a group with -g.' });
    return { user: { name: args.user, uid: Number(args.user) }, gid, withGroups: false };
  }
  const [name = '', , uid, ownGid] = entry;
  return { user: { name, uid: Number(uid) }, gid: gid ?? Number(ownGid), withGroups: true };
}

function numberOr(text: string, look: () => string | undefined): number {
  return /^\d{1,10}$/.test(text) ? Number(text) : Number(look());
}

function find(database: 'passwd' | 'group', name: string): readonly string[] {
  const entry = lookUp(database, name);
  if (entry !== undefined) return entry;
  const names = local(database).map(([known = '']) => known);
  throw new UsageError(`no ${database === 'group' ? 'group' : 'user'} '${name}'`, { hint: didYouMean(name, names) });
}

/** The entry of a user or group, by name or number: of this machine, or of what else it asks (nsswitch.conf(5)). */
function lookUp(database: 'passwd' | 'group', key: string): readonly string[] | undefined {
  const entry = local(database).find((fields) => fields[0] === key || fields[2] === key);
  if (entry !== undefined || !/^\w[\w.@-]{0,63}$/.test(key)) return entry;
  try {
    const line = execFileSync('getent', [database, key], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return line.trim().split(':');
  } catch {
    return undefined;
  }
}

function local(database: 'passwd' | 'group'): string[][] {
  try {
    return readFileSync(`/etc/${database}`, 'utf8').split('\n').map((line) => line.split(':')); // prettier-ignore
  } catch {
    return [];
  }
}

/** What the types of Node leave out. */
type WithInitgroups = NodeJS.Process & { readonly initgroups?: (user: string, gid: number) => void };

/**
 * Shuts this process into a folder and gives up its rights for good, in all its threads: first the groups, then the user, since
 * that may no longer change groups.
 * @param chroot makes a folder the root of all paths
 * @throws {SuiteError} when it is not allowed to, or could have them back
 */
export function giveUpPrivileges(
  identity: Identity | undefined,
  folder: string | undefined,
  chroot: (path: string) => void,
): void {
  if (identity !== undefined) {
    const { user, gid, withGroups } = identity;
    attempt(`cannot take the groups of ${user?.name ?? gid}`, () => {
      if (withGroups && user !== undefined) (process as WithInitgroups).initgroups?.(user.name, gid);
      else process.setgroups?.([gid]);
    });
  }
  if (folder !== undefined) {
    attempt(`cannot be shut into ${folder}`, () => {
      process.chdir(folder); // which tells better than chroot what is wrong with it
      chroot('.');
      process.chdir('/');
    });
  }
  if (identity === undefined) return;
  const { user, gid } = identity;
  attempt(`cannot become group ${gid}`, () => process.setgid?.(gid));
  if (user === undefined) return;
  attempt(`cannot become user ${user.name}`, () => process.setuid?.(user.uid));
  if (user.uid !== 0 && canBecomeRoot()) throw new SuiteError(`the rights of root could be had back as ${user.name}`);
}

function canBecomeRoot(): boolean {
  try {
    process.setuid?.(0);
    return true;
  } catch {
    return false;
  }
}

function attempt(what: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (error instanceof SuiteError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const reason = code === 'EPERM' ? 'that needs the rights of root' : (systemReason(error) ?? String(error));
    throw new InputError(`${what}: ${reason}`, { cause: error });
  }
}
