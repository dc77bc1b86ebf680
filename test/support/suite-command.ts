import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { splitArguments, type SplitArguments } from '../../libs/cli/argv.ts';
import type { Command } from '../../libs/cli/command.ts';
import { parseOptions } from '../../libs/cli/parse.ts';

const APPS = join(import.meta.dirname, '../../apps');

/** Names of all commands of the suite. */
export function commandNames(): string[] {
  return readdirSync(APPS)
    .filter((name) => existsSync(join(APPS, name, 'command.js')))
    .sort();
}

/** The command of this name, or undefined where the suite has none. */
export async function suiteCommand(name: string): Promise<Command | undefined> {
  const path = join(APPS, name, 'command.js');
  if (!existsSync(path)) return undefined;
  const module = (await import(pathToFileURL(path).href)) as Readonly<Record<string, Command | undefined>>;
  return module[name];
}

/**
 * What the words after the name of a command say to it, without running it.
 * @throws {Error} when there is no such command, {SuiteError} when it does not understand them
 */
export async function understand(name: string, words: readonly string[]): Promise<SplitArguments> {
  const command = await suiteCommand(name);
  if (command === undefined) throw new Error(`there is no command ${name}`);
  const given = splitArguments(words, command.options, command.operands);
  await parseOptions(given.tokens, command.options);
  return given;
}
