import assert from 'node:assert/strict';
import { copyFileSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { archiveTree } from '../../libs/archive/archive-tree.ts';
import { reblockedPart } from '../../libs/archive/reblocked-part.ts';
import { takePlace } from '../../libs/archive/succeed.ts';
import { predecessorOf } from '../../libs/archive/succession.ts';
import { filesBelow } from '../../libs/cli/input/record-paths.ts';

const root = mkdtempSync(join(tmpdir(), 'panoptes-succession-'));
after(() => rmSync(root, { recursive: true }));
let folders = 0;
/** No process has it. */
const DEAD = 2 ** 22 + 1;

/** A folder in which `all` is to take the place of `a` and `b`; beside them is `c`. */
function prepare(): string {
  const folder = join(root, `folder-${++folders}`);
  mkdirSync(folder);
  for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, name), name);
  writeFileSync(part(folder), 'a b');
  return folder;
}

function part(folder: string): string {
  return reblockedPart(join(folder, 'all'), DEAD);
}

function announce(folder: string): void {
  const replaces = ['a', 'b'].map((name) => predecessorOf(name, lstatSync(join(folder, name))));
  const notice = { version: 1, part: basename(part(folder)), name: 'all', replaces };
  writeFileSync(join(folder, '.all.joining'), JSON.stringify(notice));
}

/** What a reader of the folder gets. */
async function read(folder: string): Promise<string> {
  const texts: string[] = [];
  for await (const path of filesBelow(folder, assert.fail)) texts.push(readFileSync(path, 'utf8'));
  return texts.join(' ');
}

async function tidy(folder: string): Promise<void> {
  await archiveTree(folder, { tidies: true, unreadable: (_, error) => assert.fail(error as Error) });
}

const STEPS: readonly ((folder: string) => void)[] = [
  announce,
  (folder) => renameSync(part(folder), join(folder, 'all')),
  (folder) => rmSync(join(folder, 'a')),
  (folder) => rmSync(join(folder, 'b')),
  (folder) => rmSync(join(folder, '.all.joining')),
];
for (let done = 0; done <= STEPS.length; done++) {
  test(`ended after step ${done}, each record is read once, and the next run brings it to its end`, async () => {
    const folder = prepare();
    for (const step of STEPS.slice(0, done)) step(folder);
    assert.equal(await read(folder), 'a b c'); // in whichever files
    await tidy(folder);
    assert.deepEqual(readdirSync(folder).sort(), done === 0 ? ['a', 'b', 'c'] : ['all', 'c']);
    assert.equal(await read(folder), 'a b c');
  });
}

test('a file that came under the name of one that was replaced is another one', async () => {
  const folder = prepare();
  for (const step of STEPS.slice(0, 3)) step(folder);
  writeFileSync(join(folder, 'a'), 'later');
  assert.equal(await read(folder), 'later a b c');
  await tidy(folder);
  assert.deepEqual(readdirSync(folder).sort(), ['a', 'all', 'c']);
});

test('without the file that was to come the others stay', async () => {
  const folder = prepare();
  announce(folder);
  rmSync(part(folder));
  assert.equal(await read(folder), 'a b c');
  await tidy(folder);
  assert.deepEqual(readdirSync(folder).sort(), ['a', 'b', 'c']);
});

for (const [name, text] of [
  ['no JSON', '{'],
  ['another version', '{"version":2}'],
  ['names elsewhere', JSON.stringify({ version: 1, part: `../.all.${DEAD}.reblocked`, name: 'all', replaces: [] })],
  ['files elsewhere', JSON.stringify({ version: 1, part: `.all.${DEAD}.reblocked`, name: 'all', replaces: [{ name: '../a' }] })], // prettier-ignore
  ['nothing', 'null'],
] as const) {
  test(`a notice that is none changes nothing: ${name}`, async () => {
    const folder = prepare();
    writeFileSync(join(folder, '.all.joining'), text);
    assert.equal(await read(folder), 'a b c');
    await tidy(folder);
    assert.equal(await read(folder), 'a b c');
  });
}

test('what cannot be announced leaves all as it was', async () => {
  const folder = prepare();
  mkdirSync(join(folder, '.all.joining.new'));
  const files = ['a', 'b'].map((name) => ({ path: join(folder, name), stats: lstatSync(join(folder, name)) }));
  await assert.rejects(takePlace(part(folder), join(folder, 'all'), files), /EISDIR/);
  assert.equal(await read(folder), 'a b c');
});

test('readers find each record once while one file after the other is replaced', async () => {
  const folder = prepare();
  rmSync(part(folder));
  const text = await read(folder);
  const seen: Promise<string>[] = [];
  for (let round = 0; round < 20; round++) {
    const [from, to] = round % 2 === 0 ? ['c', 'd'] : ['d', 'c'];
    const path = join(folder, from);
    const next = reblockedPart(join(folder, to), DEAD);
    copyFileSync(path, next);
    const replaced = takePlace(next, join(folder, to), [{ path, stats: lstatSync(path) }]);
    seen.push(listed(folder));
    await replaced;
    await seen.at(-1);
  }
  for (const names of await Promise.all(seen)) assert.match(names, /^a b ([cd]|\.[cd]\.\d+\.reblocked)$/);
  assert.equal(text, 'a b c');
});

async function listed(folder: string): Promise<string> {
  const names: string[] = [];
  for await (const path of filesBelow(folder, assert.fail)) names.push(basename(path));
  return names.join(' ');
}
