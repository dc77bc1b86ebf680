import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { understand } from '../support/suite-command.ts';

const ROOT = join(import.meta.dirname, '../../..');
const text = readFileSync(join(ROOT, 'deploy/Containerfile'), 'utf8');

interface Stage {
  readonly image: string;
  readonly name: string;
  readonly steps: readonly { readonly instruction: string; readonly words: readonly string[] }[];
}

const INSTRUCTIONS = ['RUN', 'COPY', 'WORKDIR', 'ENV', 'USER', 'VOLUME', 'EXPOSE', 'ENTRYPOINT', 'CMD'];

/** Comments are whole lines, and a backslash at the end of a line joins the next one to it. */
function stagesOf(file: string): Stage[] {
  const lines = file.split('\n').filter((line) => !line.startsWith('#')).join('\n').replaceAll('\\\n', ' ').split('\n'); // prettier-ignore
  const stages: { image: string; name: string; steps: { instruction: string; words: string[] }[] }[] = [];
  for (const line of lines.filter((each) => each.trim() !== '')) {
    const [instruction = '', ...words] = line.trim().split(/\s+/);
    if (instruction === 'FROM') {
      const [image = '', as, name = ''] = words;
      assert.ok(as === undefined || (as === 'AS' && /^\w+$/.test(name)), line);
      stages.push({ image, name, steps: [] });
    } else {
      assert.ok(INSTRUCTIONS.includes(instruction) && words.length > 0, line);
      const stage = stages.at(-1) ?? assert.fail(`${line} before FROM`);
      stage.steps.push({ instruction, words });
    }
  }
  return stages;
}

const stages = stagesOf(text);
const last = stages.at(-1);
const wordsOf = (stage: Stage | undefined, instruction: string): (readonly string[])[] =>
  (stage?.steps ?? []).filter((step) => step.instruction === instruction).map(({ words }) => words);

test('the container is built in stages, on the Node that the package asks for', () => {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { engines: { node: string } };
  const major = /\d+/.exec(engines.node)?.[0];
  assert.deepEqual(stages.map(({ image, name }) => [image, name]), [[`node:${major}-slim`, 'build'], [`node:${major}-slim`, '']]); // prettier-ignore
});

test('what is copied is there: files of the project, or of the stage before', () => {
  const made = ['node_modules', 'dist/bin', 'dist/bundle', 'package.json'].map((path) => `/opt/panoptes/${path}`);
  for (const stage of stages)
    for (const words of wordsOf(stage, 'COPY')) {
      const [from, sources] = words[0]?.startsWith('--from=')
        ? [words[0].slice('--from='.length), words.slice(1, -1)]
        : ['', words.slice(0, -1)];
      assert.ok(sources.length > 0);
      if (from === '') for (const path of sources) assert.ok(existsSync(join(ROOT, path)), path);
      else {
        assert.ok(stages.some(({ name }) => name === from));
        for (const path of sources) assert.ok(made.includes(path), path);
      }
    }
  const started = wordsOf(stages[0], 'RUN').flatMap((words) => words.filter((word) => word.endsWith('.mjs')));
  assert.deepEqual(started, ['deploy/setup.mjs']);
  for (const path of started) assert.ok(existsSync(join(ROOT, path)));
});

test('it runs as somebody who is not root, with a command that is understood', async () => {
  const [[user = 'root'] = []] = wordsOf(last, 'USER').slice(-1);
  assert.ok(!['root', '0'].includes(user));
  assert.ok(wordsOf(last, 'RUN').some((words) => words.includes('useradd') && words.at(-1) === user));
  const path = wordsOf(last, 'ENV').flat().find((word) => word.startsWith('PATH=')) ?? ''; // prettier-ignore
  assert.ok(path.startsWith('PATH=/opt/panoptes/dist/bin:'));
  const command = JSON.parse(wordsOf(last, 'CMD').flat().join(' ')) as string[];
  assert.deepEqual(command, ['panoptes', '--help']);
  const examples = [...text.matchAll(/^#\s+podman run .* panoptes (argus|radium|rastream) (.*)$/gm)];
  assert.equal(examples.length, 2);
  for (const [, name = '', words = ''] of examples) await understand(name, words.split(' '));
});
