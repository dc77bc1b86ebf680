import { readFileSync } from 'node:fs';
import { Session, type Profiler } from 'node:inspector/promises';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A piece of a library that never ran. */
export interface Uncovered {
  readonly file: string;
  /** In the compiled file, from 1. */
  readonly line: number;
  readonly code: string;
}

export interface Coverage {
  /** Pieces of code that run or do not run together. */
  readonly blocks: number;
  readonly uncovered: readonly Uncovered[];
}

const CODE_CHARACTERS = 100;

/** What of the compiled modules in the folder `libs/<library>` ran while `work` did. Everything runs slower meanwhile. */
export async function coverageOf(library: string, work: () => Promise<void>): Promise<Coverage> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  await work();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  session.disconnect();
  const scripts = result.filter(({ url }) => url.startsWith('file:') && isOf(library, fileURLToPath(url)));
  const found = scripts.map((script) => ofScript(script));
  return {
    blocks: found.reduce((sum, { blocks }) => sum + blocks, 0),
    uncovered: found.flatMap(({ uncovered }) => uncovered),
  };
}

function isOf(library: string, path: string): boolean {
  return basename(dirname(path)) === library && basename(dirname(dirname(path))) === 'libs';
}

function ofScript({ url, functions }: Profiler.ScriptCoverage): Coverage {
  const path = fileURLToPath(url);
  const source = readFileSync(path, 'utf8');
  const uncovered: Uncovered[] = [];
  let blocks = 0;
  for (const { ranges } of functions) {
    blocks += ranges.length;
    for (const { startOffset, endOffset, count } of ranges) {
      const code = source.slice(startOffset, endOffset).replace(/\s+/g, ' ').trim();
      if (count > 0 || !/\w/.test(code)) continue;
      const line = source.slice(0, startOffset).split('\n').length;
      uncovered.push({ file: basename(path), line, code: code.slice(0, CODE_CHARACTERS) });
    }
  }
  return { blocks, uncovered };
}
