import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import test from 'node:test';
import { ROOT, readText, trackedFiles } from './tree.ts';

const files = trackedFiles().filter((path) => existsSync(join(ROOT, path)));
const skip = files.length === 0 && 'not a git clone';

/** What would point out of the project: places of one machine, package hosts, numbers of a tracker. */
const OUTSIDE = /\/wor[k]\/|\/far[m]\/|\bnpm[j]s\.(org|com)\b|\b[Ii]ssue[ ]#?\d/;

test('the project speaks of itself alone', { skip }, () => {
  const found: string[] = [];
  for (const path of files.filter((name) => name !== 'package-lock.json')) {
    const text = readText(path);
    if (text.includes('\0')) continue;
    for (const [index, line] of text.split('\n').entries()) {
      if (OUTSIDE.test(line)) found.push(`${path}:${index + 1}: ${line.trim()}`);
    }
  }
  assert.deepEqual(found, []);
});

test('links between our pages lead somewhere', { skip }, () => {
  const broken: string[] = [];
  for (const path of files.filter((name) => name.endsWith('.md'))) {
    for (const [, target = ''] of readText(path).matchAll(/\]\((?!https?:|#)([^)\s#]+)[^)]*\)/g)) {
      const linked = posix.join(posix.dirname(path), target);
      if (!existsSync(join(ROOT, linked))) broken.push(`${path} links to ${target}`);
    }
  }
  assert.deepEqual(broken, []);
});
