import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { NO_SETTINGS } from './no-settings.ts';
import { PATIENCE } from './patience.ts';
import { COMMANDS } from './run-command.ts';

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A shell in an empty folder of its own, with the commands of the suite on its PATH and the world standing still around it. */
export class CommandLine implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'panoptes-shell-'));
  /** For processes that a test starts itself. */
  readonly env: NodeJS.ProcessEnv = {
    ...process.env,
    ...NO_SETTINGS,
    PATH: [COMMANDS, process.env['PATH']].join(delimiter),
    TZ: 'UTC',
    LC_ALL: 'C.UTF-8',
    NO_COLOR: '1',
    COLUMNS: '80',
  };

  /** Runs lines of shell to their end; a pipe fails when any part of it does. */
  run(script: string): Outcome {
    const args = ['-o', 'pipefail', '-c', script];
    const { status, stdout, stderr } = spawnSync('bash', args, {
      cwd: this.folder,
      encoding: 'utf8',
      env: this.env,
      timeout: PATIENCE.timeout,
      maxBuffer: 1 << 26,
    });
    return { status, stdout, stderr };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}
