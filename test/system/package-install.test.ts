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

type Compression = { readonly version: string; readonly binary: { readonly napi_versions: readonly number[] } };

const { version, bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
const folder = mkdtempSync(join(tmpdir(), 'panoptes-package-'));
after(() => rmSync(folder, { recursive: true }));

/**
 * Where the compression cannot be downloaded, it would be compiled for a minute, as it was for this clone: npm finds what came of
 * that.
 */
function keepCompression(): void {
  const source = join(ROOT, 'node_modules/zstd-napi');
  const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as Compression;
  const build = `napi-v${manifest.binary.napi_versions[0]}-${process.platform}-${process.arch}`;
  const archive = join(folder, `zstd-napi-v${manifest.version}-${build}.tar.gz`);
  assert.equal(spawnSync('tar', ['-C', source, '-czf', archive, 'build/Release/binding.node']).status, 0);
}

function npm(...args: string[]): SpawnSyncReturns<string> {
  const env = { JOBS: 'max', npm_config_zstd_napi_local_prebuilds: folder, ...process.env };
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
  keepCompression();
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
