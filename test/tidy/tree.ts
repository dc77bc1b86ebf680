import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The project's root folder; tests run from dist/test/<area>/. */
export const ROOT = join(import.meta.dirname, '../../..');

/** A source file with its text without comments, so that prose cannot be mistaken for code. */
export type Source = {
  readonly path: string;
  readonly lines: number;
  readonly code: string;
  readonly imports: readonly string[];
};

/** Every .ts file below `folder`, with paths relative to the root. */
export function sources(folder: 'apps' | 'libs' | 'test'): Source[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readSource(`${folder}/${name}`));
}

/** Names of the folders directly below `folder`. */
export function folders(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

/** What git keeps, or nothing where this is not a clone. */
export function trackedFiles(): string[] {
  try {
    const names = execFileSync('git', ['ls-files', '-z'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return names.split('\0').filter((name) => name !== '');
  } catch {
    return [];
  }
}

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

const COMMENT_OR_STRING = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g;
const IMPORT = /^(?:import|export)\b[^;'"]*?\bfrom '([^']+)'|^import '([^']+)'|\b(?:import|require)\(\s*'([^']+)'/gm;

function readSource(path: string): Source {
  const text = readText(path);
  const code = text.replace(COMMENT_OR_STRING, (match) => (match.startsWith('/') ? '' : match));
  const imports = [...code.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  return { path, lines: text.split('\n').length, code, imports };
}
