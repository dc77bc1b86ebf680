import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argusConfigurationDocument } from '../../apps/argus/config-document.ts';
import { radiumConfigurationDocument } from '../../apps/radium/config-document.ts';
import { readerConfigurationDocument } from '../../libs/cli/configuration/reader-document.ts';
import { commandPage } from '../../libs/manual/command-page.ts';
import { fieldsDocument } from '../../libs/record/fields/document.ts';
import { CommandLine } from '../support/command-line.ts';
import { commandNames, suiteCommand } from '../support/suite-command.ts';
import { writeGoldenCaptures } from './captures.ts';
import { goldenCases, KINDS_PATH, transcript, writeGoldenInputs } from './cases.ts';
import { recordsOfKinds } from './kinds.ts';
import { withOutputs } from './page.ts';

// Rewrites what the tests expect to be printed, as it is printed now. Read the difference before committing it.
const ROOT = join(import.meta.dirname, '../../..');
using shell = new CommandLine();
await writeGoldenInputs(shell);

for (const { script, expectedPath } of goldenCases()) rewrite(expectedPath, () => transcript(shell, script));
const kinds = await recordsOfKinds();
rewrite(KINDS_PATH, () => kinds);
// In a folder of its own: what other cases wrote is not there.
using tour = new CommandLine();
await writeGoldenCaptures(tour.folder);
rewrite(join(ROOT, 'README.md'), (page) => withOutputs(page, outputOf));
rewrite(join(ROOT, 'docs/fields.md'), () => fieldsDocument());
rewrite(join(ROOT, 'docs/argus-conf.md'), () => argusConfigurationDocument());
rewrite(join(ROOT, 'docs/radium-conf.md'), () => radiumConfigurationDocument());
rewrite(join(ROOT, 'docs/ra-conf.md'), () => readerConfigurationDocument());
for (const name of commandNames()) {
  const command = (await suiteCommand(name))!;
  rewrite(join(ROOT, 'docs/commands', `${name}.md`), () => commandPage(command));
}

function outputOf(script: string): string {
  const { status, stdout, stderr } = tour.run(script);
  if (status !== 0) throw new Error(`${script}ends with status ${status}: ${stderr}`);
  return stdout;
}

function rewrite(path: string, change: (text: string) => string): void {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  const changed = change(text ?? '');
  if (changed === text) return;
  writeFileSync(path, changed);
  console.log(`changed: ${path}`);
}
