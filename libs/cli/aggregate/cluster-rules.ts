import { readFile } from 'node:fs/promises';
import { parseClusterConfiguration, type Rule } from '../../aggregate/configuration.ts';
import { parseModel, type ModelOptions } from '../../aggregate/model.ts';
import { EVERYTHING } from '../../filter/everything.ts';
import type { AggregateModes } from './aggregate-modes.ts';
import { cannotRead } from '../input/record-paths.ts';

/** How records are merged. */
export interface ClusterRules {
  /** At least one. */
  readonly rules: readonly Rule[];
  /** Of `-m`. */
  readonly modelOptions: ModelOptions;
  readonly reports: boolean;
  readonly preserves: boolean;
}

/**
 * What `-f` says, and behind it `-m` for all records that it does not.
 * @throws {UsageError} for what is not understood
 */
export async function readClusterRules(
  args: { readonly model: readonly string[]; readonly config: string | undefined },
  modes: AggregateModes,
): Promise<ClusterRules> {
  const asked = { rmon: modes.rmon, ...(modes.correct === undefined ? {} : { correct: modes.correct }) };
  const given =
    args.config === undefined ? undefined : parseClusterConfiguration(await textOf(args.config), args.config, asked);
  const correct = modes.correct ?? given?.correct;
  const modelOptions = { rmon: modes.rmon, ...(correct === undefined ? {} : { correct }) };
  const model = parseModel(args.model, modelOptions);
  const rest: Rule = { filter: EVERYTHING, grep: undefined, model, timeouts: undefined, label: undefined, continues: false }; // prettier-ignore
  return {
    rules: [...(given?.rules ?? []), rest],
    modelOptions,
    reports: modes.reports && given?.reports !== false,
    preserves: modes.preserves && given?.preserves !== false,
  };
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw cannotRead(path, error);
  }
}
