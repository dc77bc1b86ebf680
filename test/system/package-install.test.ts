import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, test } from 'node:test';

const ROOT = join(import.meta.dirname, '../../..');
const UNREACHABLE =
  /npm (?:error|ERR!) code (E[A-Z_]*(?:NOTFOUND|AGAIN|REFUSED|RESET|TIMEDOUT|UNREACH|TIMEOUT)|E429|E5\d\d)/;

type Manifest = { readonly version: string; readonly bin: Readonly<Record<string, string>> };
type Packed = {
  readonly filename: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
};

const { version, bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
const folder = mkdtempSync(join(tmpdir(), 'panoptes-package-'));
after(() => rmSync(folder, { recursive: true }));

function npm(...args: string[]): SpawnSyncReturns<string> {
  const env = { JOBS: 'max', ...process.env };
  return spawnSync('npm', args, { cwd: ROOT, encoding: 'utf8', env });
}

const pack = npm('pack', '--json', '--pack-destination', folder);
assert.equal(pack.status, 0, pack.stderr);
const [packed] = Object.values(JSON.parse(pack.stdout.slice(pack.stdout.search(/^[[{]/m))) as Packed[]);
assert.ok(packed !== undefined);

test('the package holds the commands and the pages, and no tests', () => {
  const paths = packed.files.map(({ path }) => path);
  for (const wanted of [...Object.values(bin), 'README.md', 'LICENSE', 'docs/ARCHITECTURE.md']) {
    assert.ok(paths.includes(wanted), wanted);
  }
  const foreign = paths.filter((path) => /^(dist\/test|test|libs|apps|node_modules)\/|\.map$|\.tgz$/.test(path));
  assert.deepEqual(foreign, []);
});

test('installed with npm install -g, every command is on PATH and runs', (t) => {
  const prefix = join(folder, 'prefix');
  const archive = join(folder, packed.filename);
  const quick = ['--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries=1', '--fetch-retry-mintimeout=1000'];
  const install = npm('install', '--global', '--prefix', prefix, ...quick, archive);
  const lost = UNREACHABLE.exec(install.stderr);
  if (lost) return t.skip(`the npm registry cannot be reached (${lost[1]})`);
  assert.equal(install.status, 0, install.stderr);

  const env = { ...process.env, PATH: [join(prefix, 'bin'), process.env['PATH']].join(delimiter) };
  for (const name of Object.keys(bin)) {
    const { status, stdout, stderr } = spawnSync(name, ['--version'], { cwd: folder, encoding: 'utf8', env });
    assert.equal(status, 0, `${name}: ${stderr}`);
    assert.ok(stdout.includes(version), `${name} --version says '${stdout.trim()}'`);
    assert.ok(existsSync(join(prefix, 'share/man/man1', `${name}.1`)), `man ${name}`);
  }
});
