import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import type { Command } from '../../libs/cli/command.ts';
import { bashCompletion } from '../../libs/manual/completion-bash.ts';
import { fishCompletion } from '../../libs/manual/completion-fish.ts';
import { zshCompletion } from '../../libs/manual/completion-zsh.ts';
import { manPage } from '../../libs/manual/man-page.ts';
import { inShort } from '../../libs/manual/shown-options.ts';
import { FIELD_NAMES } from '../../libs/record/fields/table.ts';
import { PATIENCE } from '../support/patience.ts';
import { commandNames, suiteCommand } from '../support/suite-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'manual-'));
after(() => rmSync(folder, { recursive: true }));

const names = commandNames();
const commandOf = async (name: string): Promise<Command> => (await suiteCommand(name))!;
const missing = (program: string): string | false =>
  spawnSync(program, ['--version']).error === undefined ? false : `${program} is not installed`;

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

for (const name of names) {
  test(`the man page of ${name} is one`, { skip: missing('mandoc') }, async () => {
    const path = fileOf(`${name}.1`, manPage(await commandOf(name), ['argus'], '1.2'));
    const { stdout } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', path], { encoding: 'utf8' });
    assert.deepEqual(stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date')), []); // prettier-ignore
    const { stdout: page } = spawnSync('mandoc', ['-T', 'utf8', path], { encoding: 'utf8' });
    assert.match(page.replaceAll(/.[\b]/g, ''), /-h, --help\s+Show this page and exit\./);
  });
}

/** What bash offers for the last of some words. */
async function inBash(...words: readonly string[]): Promise<string[]> {
  const path = fileOf('bash', bashCompletion(await commandOf(words[0]!), FIELD_NAMES));
  const script = `. ${path}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _${words[0]}; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8', cwd: folder });
  assert.equal(stderr, '');
  return stdout.split('\n').filter((line) => line !== '');
}

const IN_BASH: readonly [words: readonly string[], offered: readonly string[]][] = [
  [
    ['ra', '--re'],
    ['--read', '--recurse', '--rejected'],
  ],
  [['ra', '-s', 'sad'], ['saddr']],
  [['ra', '-s', 'stime', 'daddr', 'dpo'], ['dport']],
  [
    ['ra', '-Z', ''],
    ['s', 'd', 'b'],
  ],
  [['ra', '-Z', 's', ''], []],
  [
    ['ra', '-M', 'printer=e'],
    ['printer=encode32', 'printer=encode64'],
  ],
  [
    ['racluster', '-M', 'json', 'no'],
    ['noman', 'nocorrect', 'norep', 'nopreserve'],
  ],
  [['racluster', '-m', 'saddr', 'matr'], ['matrix']],
  [['racluster', '-m', 'dpo'], ['dport']],
  [['rabins', '-M', 'time', '10s', 'har'], ['hard']],
  [['rabins', '-P', 'byt'], ['bytes']],
  [['rasort', '-m', 'stime', 'rat'], ['rate']],
  [['rasplit', '-M', 'fl'], ['flow']],
  [['racount', '-M', 'ad'], ['addr']],
  [['ra', '-r', 'kept'], ['kept-records']],
  [['ra', 'tcp'], []],
];
for (const [words, offered] of IN_BASH) {
  test(`bash completes '${words.join(' ')}'`, { skip: missing('bash') }, async () => {
    fileOf('kept-records', '');
    assert.deepEqual(await inBash(...words), offered);
  });
}

test('bash, zsh and fish understand the completions of all commands', async (t) => {
  for (const [shell, completion] of [
    ['bash', bashCompletion],
    ['zsh', zshCompletion],
    ['fish', fishCompletion],
  ] as const) {
    // prettier-ignore
    await t.test(shell, { skip: missing(shell) }, async () => {
      for (const name of names) {
        const path = fileOf(`${name}.${shell}`, completion(await commandOf(name), FIELD_NAMES));
        const { status, stderr } = spawnSync(shell, ['-n', path], { encoding: 'utf8' });
        assert.deepEqual([name, status, stderr], [name, 0, '']);
      }
    });
  }
});

test('fish offers options with what they do, and values', { skip: missing('fish') }, async () => {
  const path = fileOf('ra.fish', fishCompletion(await commandOf('ra'), FIELD_NAMES));
  const offered = (line: string): string =>
    spawnSync('fish', ['--private', '-c', `source ${path}; complete -C '${line}'`], { encoding: 'utf8', env: { ...process.env, HOME: folder } }).stdout; // prettier-ignore
  assert.match(offered('ra --recu'), /^--recurse\tRead all files below these directories/m);
  assert.match(offered('ra -s sad'), /^saddr\b/m);
  assert.match(offered('ra -M nom'), /^noman\b/m);
  assert.match(offered('ra -s stime sad'), /^saddr\b/m);
  assert.match(offered('ra -n -M man js'), /^json\b/m);
  assert.equal(offered('ra -L 1 sad'), '');
  fileOf('kept-records', '');
  assert.match(offered(`ra -r ${folder}/kept`), /\/kept-records$/m);
});

/** A shell at a terminal, in which Ctrl-T completes the word before the cursor and says what the line is then. */
const AT_A_TERMINAL = `
zmodload zsh/zpty
folder=$1; shift
zpty shell 'zsh -f -i'
zpty -w shell "unsetopt zle_bracketed_paste beep; fpath=($folder \\$fpath); autoload -U compinit; compinit -D -u; cd $folder
shown() { zle complete-word; print -r -- \\"<<\\$BUFFER>>\\" }; zle -N shown; bindkey '^T' shown; print rea\\dy"
zpty -r -m shell seen '*ready*'
for line in "$@"; do
  zpty -n -w shell "$line"$'\\x14'
  zpty -r -m shell seen '*<<*>>*'
  print -r -- \${\${seen##*<<}%%>>*}
  zpty -n -w shell $'\\x15'
done
zpty -d shell`;

test('zsh completes options, values and files at a terminal', { skip: missing('zsh') }, async () => {
  for (const name of ['ra', 'racluster']) fileOf(`_${name}`, zshCompletion(await commandOf(name), FIELD_NAMES));
  fileOf('kept-records', '');
  const lines = ['ra --recu', 'ra -s sadd', 'ra -s stime sadd', 'ra -M nom', 'racluster -m matr', 'ra -r kept'];
  const { stdout } = spawnSync('zsh', ['-f', '-c', AT_A_TERMINAL, 'zsh', folder, ...lines], { encoding: 'utf8', timeout: PATIENCE.timeout }); // prettier-ignore
  assert.deepEqual(stdout.split('\n').map((line) => line.trimEnd()), [
    'ra --recurse',
    'ra -s saddr',
    'ra -s stime saddr',
    'ra -M noman',
    'racluster -m matrix',
    'ra -r kept-records',
    '',
  ]); // prettier-ignore
});

const SHORT: readonly [text: string, short: string][] = [
  ['One sentence.', 'One sentence'],
  ['The first. The second.', 'The first'],
  ['With a default. Default: 5.', 'With a default'],
  ['Without an end', 'Without an end'],
];
for (const [text, short] of SHORT) test(`'${text}' in short`, () => assert.equal(inShort(text), short));
