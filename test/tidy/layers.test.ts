import assert from 'node:assert/strict';
import { posix } from 'node:path';
import test from 'node:test';
import { folders, sources } from './tree.ts';

/** From the ground up. A library imports from strictly lower layers; see docs/ARCHITECTURE.md. */
const LAYERS: readonly (readonly string[])[] = [
  ['libs/core'],
  ['libs/address', 'libs/time', 'libs/packet', 'libs/app'],
  ['libs/record'],
  ['libs/codec', 'libs/filter', 'libs/certificates'],
  ['libs/capture', 'libs/flow', 'libs/aggregate', 'libs/sort'],
  ['libs/transport', 'libs/archive', 'libs/packet-store', 'libs/synthetic'],
  ['libs/interop', 'libs/plugins'],
  ['libs/cli'],
  ['libs/daemon', 'libs/manual'],
  folders('apps').map((name) => `apps/${name}`),
];

const layerOf = new Map(LAYERS.flatMap((rooms, layer) => rooms.map((room) => [room, layer] as const)));
const roomOf = (path: string): string => path.split('/').slice(0, 2).join('/');

test('every library has a layer', () => {
  const homeless = folders('libs').filter((name) => !layerOf.has(`libs/${name}`));
  assert.deepEqual(homeless, []);
});

test('imports go down the layers, never up or sideways', () => {
  const wrong: string[] = [];
  for (const [path, targets] of importsOf()) {
    for (const target of targets) {
      const from = roomOf(path);
      const to = roomOf(target);
      const below = (layerOf.get(to) ?? Infinity) < (layerOf.get(from) ?? -1);
      if (from !== to && !below) wrong.push(`${path} imports ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('no files import each other in a circle', () => {
  const left = importsOf();
  // Whoever imports nothing that is left is in no circle, nor is whom nothing imports that is left.
  for (let found = true; found;) {
    found = false;
    const imported = new Set([...left.values()].flat());
    for (const [path, targets] of left) {
      if (imported.has(path) && targets.some((target) => left.has(target))) continue;
      left.delete(path);
      found = true;
    }
  }
  assert.deepEqual([...left.keys()], []);
});

/** Which of our files each file imports. */
function importsOf(): Map<string, string[]> {
  const files = [...sources('libs'), ...sources('apps')].map(({ path, imports }) => {
    const own = imports.filter((name) => name.startsWith('.'));
    return [path, own.map((name) => posix.join(posix.dirname(path), name))] as const;
  });
  return new Map(files);
}
