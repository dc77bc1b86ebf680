import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const HOOK = pathToFileURL(join(import.meta.dirname, 'file-step-hook.js')).href;

/**
 * Environment of a command that sends itself a signal, `SIGKILL` as a power cut would be, just before it changes something in the
 * file system.
 * @param step which change that is, from 1
 */
export function atFileStep(step: number, signal: 'SIGKILL' | 'SIGSTOP'): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--import=${HOOK}`, FILE_STEP: String(step), FILE_STEP_SIGNAL: signal };
}
