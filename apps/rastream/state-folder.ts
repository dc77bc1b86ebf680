import { createHash, randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Context } from '../../libs/cli/command.ts';
import type { Identity } from '../../libs/daemon/privileges.ts';
import { UsageError } from '../../libs/core/errors.ts';

/** What a reader may be called, which is a part of a path here and at its servers. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export interface StateFolder {
  readonly folder: string;
  /** By which servers know this reader. */
  readonly name: string;
}

/**
 * The folder in which this archive keeps what it needs after a crash; it is made. Archives with other names of files, or with names
 * of their own, have others. A name that is not given is made once and kept there.
 * @throws {UsageError} for a name that cannot be one
 */
export function stateFolder(
  args: { name: string | undefined; state: string | undefined; write: string },
  { env }: Context,
): StateFolder {
  if (args.name !== undefined && !NAME.test(args.name)) {
    throw new UsageError(`'${args.name}' cannot be the name of a reader`, {
      hint: 'It has letters, digits, points, dashes and underscores, at most 64.',
    });
  }
  const own = args.name ?? createHash('sha256').update(resolve(args.write)).digest('hex').slice(0, 12);
  const folder = join(args.state ?? defaultState(env), `rastream-${own}`);
  mkdirSync(folder, { recursive: true, mode: 0o750 });
  return { folder, name: args.name ?? keptName(join(folder, 'name')) };
}

function defaultState(env: Context['env']): string {
  const given = env['STATE_DIRECTORY']?.split(':')[0];
  if (given !== undefined && given !== '') return given;
  return process.getuid?.() === 0 ? '/var/lib/panoptes' : join(homedir(), '.local/state/panoptes');
}

function keptName(path: string): string {
  try {
    const kept = readFileSync(path, 'utf8').trim();
    if (NAME.test(kept)) return kept;
  } catch {
    // there is none yet
  }
  const host = hostname()
    .replaceAll(/[^A-Za-z0-9.-]/g, '-')
    .slice(0, 32);
  const name = `rastream-${host}-${randomBytes(4).toString('hex')}`;
  writeFileSync(path, `${name}\n`);
  return name;
}

/** Gives the folder, and what is in it, to whom this process is about to become. */
export function giveAway(folder: string, identity: Identity | undefined): void {
  if (identity === undefined) return;
  const uid = identity.user?.uid ?? process.getuid?.() ?? 0;
  const inside = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const path of ['', ...inside]) chownSync(join(folder, path), uid, identity.gid);
}
