import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';

const setup = join(import.meta.dirname, '../../../deploy/setup');

type NodeVersion = { nodeProblem: (version: string, range: string) => string };
type NpmPackages = { explain: (output: string, missing: readonly string[]) => string };

const load = async (name: string): Promise<unknown> => import(pathToFileURL(join(setup, name)).href);
const { nodeProblem } = (await load('node-version.mjs')) as NodeVersion;
const { explain } = (await load('npm-packages.mjs')) as NpmPackages;

for (const { version, range, fits } of [
  { version: 'v20.19.0', range: '>=20.19', fits: true },
  { version: 'v20.20.2', range: '>=20.19', fits: true },
  { version: 'v22.1.0', range: '>=20.19', fits: true },
  { version: 'v24.0.0-rc.1', range: '>=20.19.1', fits: true },
  { version: 'v20.19.0', range: '>=20.19.1', fits: false },
  { version: 'v20.9.0', range: '>=20.19', fits: false },
  { version: 'v18.99.9', range: '>=20.19', fits: false },
  { version: 'v9.20.0', range: '>=20.19', fits: false },
]) {
  test(`Node ${version} is ${fits ? 'taken' : 'refused'} where ${range} is needed`, () => {
    const problem = nodeProblem(version, range);
    if (fits) return assert.equal(problem, '');
    assert.ok(problem.includes(version) && problem.includes(`${range.slice(2)} or later`), problem);
  });
}

test('a failed installation without network says that the registry cannot be reached', () => {
  const message = explain('npm error code ENOTFOUND\nnpm error network request failed', []);
  assert.match(message, /registry cannot be reached \(ENOTFOUND\)/);
});

test('a failed build without compiler names the Debian packages and the command', () => {
  const message = explain('npm error prebuild-install warn getaddrinfo ENOTFOUND\ngyp ERR! build error', [
    'libpcap-dev',
    'g++',
    'make',
  ]);
  assert.match(message, /because g\+\+, make are missing/);
  assert.match(message, /apt-get install -y --no-install-recommends libpcap-dev g\+\+ make/);
});

test('any other failure shows the last words of npm', () => {
  const message = explain(`${'noise\n'.repeat(100)}npm error EACCES: permission denied`, []);
  assert.match(message, /EACCES/);
  assert.ok(message.length < 1000, 'only the end of what npm said');
});
