// Prepares a clone for use: Node version, Debian packages, npm packages, compilation.
// Runs before every `npm start`, `npm test` and the like; with nothing to do it only looks at file times.
// Standard library only: it runs before node_modules exists.
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeProblem } from './setup/node-version.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { engines } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
const problem = nodeProblem(process.version, engines.node);

if (problem) {
  console.error(`panoptes: ${problem}`);
  process.exitCode = 1;
} else {
  // Loaded only now and without top-level await, so that an old Node meets the sentence above and not a syntax error.
  void import('./setup/prepare.mjs').then(({ prepare }) => {
    process.exitCode = prepare(root);
  });
}
