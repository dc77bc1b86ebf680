import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec, type TestEvent } from 'node:test/reporters';
import { closingSummary, type Skipped } from './closing-summary.ts';

/** So many files at a time keep two processors busy: those of system tests wait for about as long as they work. */
const FILES_AT_ONCE = 3;
/** A backstop: a file of many system tests takes minutes on a machine that is busy with other work. */
const FILE_TIMEOUT_MS = 20 * 60_000;

const distFolder = join(import.meta.dirname, '..');
const fragments = process.argv.slice(2);
const files = testFiles(import.meta.dirname).filter(
  (path) => fragments.length === 0 || fragments.some((fragment) => shortName(path).includes(fragment)),
);

if (files.length === 0) {
  console.error(`No test file has ${fragments.map((fragment) => `'${fragment}'`).join(' or ')} in its path.`);
  process.exitCode = 2;
} else {
  // A run that is started by a test is a run of its own.
  delete process.env['NODE_TEST_CONTEXT'];
  await report(run({ files, concurrency: FILES_AT_ONCE, timeout: FILE_TIMEOUT_MS }));
}

/** Node 20's runner takes no patterns, so the files are found here. */
function testFiles(folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...testFiles(path));
    else if (entry.name.endsWith('.test.js')) found.push(path);
  }
  return found.sort();
}

function shortName(path: string): string {
  return relative(distFolder, path).replaceAll(sep, '/');
}

async function report(events: AsyncIterable<TestEvent>): Promise<void> {
  const skipped: Skipped[] = [];
  const counts: string[] = [];
  await pipeline(
    Readable.from(
      (async function* () {
        for await (const event of events) {
          if (event.type === 'test:fail' && event.data.todo === undefined) process.exitCode = 1;
          if (event.type === 'test:pass' && event.data.skip !== undefined) skipped.push(skippedTest(event.data));
          if (event.type === 'test:diagnostic' && event.data.file === undefined) counts.push(event.data.message);
          else yield event;
        }
      })(),
    ),
    new spec(),
    async function* (text: AsyncIterable<unknown>) {
      yield* text;
      yield closingSummary(skipped, counts);
    },
    process.stdout,
    { end: false },
  );
}

function skippedTest({ name, file = '', skip }: { name: string; file?: string; skip?: string | boolean }): Skipped {
  return { name, file: shortName(file), reason: typeof skip === 'string' && skip !== '' ? skip : 'no reason given' };
}
