import assert from 'node:assert/strict';
import test from 'node:test';
import { argus } from '../../apps/argus/command.ts';
import { panoptes } from '../../apps/panoptes/command.ts';
import { ra } from '../../apps/ra/command.ts';
import { rabins } from '../../apps/rabins/command.ts';
import { racluster } from '../../apps/racluster/command.ts';
import { raconvert } from '../../apps/raconvert/command.ts';
import { racount } from '../../apps/racount/command.ts';
import { radium } from '../../apps/radium/command.ts';
import { rasort } from '../../apps/rasort/command.ts';
import { rasplit } from '../../apps/rasplit/command.ts';
import { rastream } from '../../apps/rastream/command.ts';
import { ratimerange } from '../../apps/ratimerange/command.ts';
import { splitArguments } from '../../libs/cli/argv.ts';
import type { Command } from '../../libs/cli/command.ts';
import { parseOptions } from '../../libs/cli/parse.ts';

type Shown = Pick<Command, 'name' | 'options' | 'operands' | 'examples'>;
const COMMANDS: readonly Shown[] = [argus, panoptes, ra, rabins, racluster, raconvert, racount, radium, rasort, rasplit, rastream, ratimerange]; // prettier-ignore
const BY_NAME = new Map(COMMANDS.map((command) => [command.name, command]));

/** Words of a command line, of which some are in quotes; without what a shell makes of them. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replaceAll(/["']/g, ''));

for (const { name, examples } of COMMANDS) {
  test(`the examples that ${name} --help shows are command lines that it takes`, async () => {
    for (const [line] of examples ?? []) {
      for (const part of line.split(/ \| | && |; /)) {
        const [program = '', ...words] = wordsOf(part);
        const command = BY_NAME.get(program);
        if (command === undefined) continue; // a program that is not ours
        const { tokens } = splitArguments(words, command.options, command.operands);
        await assert.doesNotReject(parseOptions(tokens, command.options), line);
      }
    }
  });
}
