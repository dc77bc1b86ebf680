import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { commandPage } from '../../libs/manual/command-page.ts';
import { commandNames, suiteCommand } from '../support/suite-command.ts';
import { readText, ROOT } from './tree.ts';

for (const name of commandNames()) {
  test(`docs/commands/${name}.md is what its options say ('npm run golden' rewrites it)`, async () => {
    const command = await suiteCommand(name);
    assert.ok(command !== undefined && existsSync(join(ROOT, 'docs/commands', `${name}.md`)));
    assert.equal(readText(`docs/commands/${name}.md`), commandPage(command));
  });
}
