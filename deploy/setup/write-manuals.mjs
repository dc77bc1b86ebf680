// Writes man pages and shell completions of the compiled commands below dist/share, as they lie below /usr/share.
// Arguments: the clone, and the names of the commands.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [root, ...names] = process.argv.slice(2);
const SHARE = join(root, 'dist/share');

const load = (path) => import(join(root, 'dist', path));
const { manPage } = await load('libs/manual/man-page.js');
const { bashCompletion } = await load('libs/manual/completion-bash.js');
const { zshCompletion } = await load('libs/manual/completion-zsh.js');
const { fishCompletion } = await load('libs/manual/completion-fish.js');
const { FIELD_NAMES } = await load('libs/record/fields/table.js');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

rmSync(SHARE, { recursive: true, force: true });
for (const name of names) {
  const { [name]: command } = await load(`apps/${name}/command.js`);
  const others = names.filter((other) => other !== name);
  write('man/man1', `${name}.1`, manPage(command, others, version));
  write('bash-completion/completions', name, bashCompletion(command, FIELD_NAMES));
  write('zsh/site-functions', `_${name}`, zshCompletion(command, FIELD_NAMES));
  write('fish/vendor_completions.d', `${name}.fish`, fishCompletion(command, FIELD_NAMES));
}

function write(folder, file, text) {
  mkdirSync(join(SHARE, folder), { recursive: true });
  writeFileSync(join(SHARE, folder, file), text);
}
