import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const { CORPUS_DIR } = process.env;
/** The original probe waits at its end, so that several at once take hardly longer. */
const PROBES_AT_ONCE = 8;
const PROBE_MS_MAX = 120_000;

const isInstalled = (program: string): boolean => spawnSync(program, ['-h']).error === undefined;

/** Why there can be no records of the corpus; false when there can. */
export function corpusMissing(): string | false {
  if (CORPUS_DIR === undefined) return 'CORPUS_DIR is not set';
  return isInstalled('argus') && isInstalled('ra') ? false : 'the original argus and ra are not installed';
}

/**
 * Writes the records of all captures, as the original probe makes them, into one file.
 * @param folder where those of each capture go
 */
export async function writeCorpusRecords(folder: string, into: string): Promise<void> {
  const captures = readdirSync(CORPUS_DIR!)
    .filter((name) => /\.pcap(ng)?$/.test(name))
    .sort();
  const recordsOf = (capture: string): string => join(folder, `${capture}.arg`);
  const waiting = [...captures];
  await Promise.all(
    Array.from({ length: PROBES_AT_ONCE }, async () => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await probe(name, recordsOf(name));
    }),
  );
  for (const name of captures) {
    const path = recordsOf(name);
    if (existsSync(path)) await appendFile(into, await readFile(path));
  }
}

/** It refuses some captures, and breaks off in others; then there are the records before that. */
async function probe(capture: string, records: string): Promise<void> {
  const args = ['-X', '-A', '-J', '-m', '-R', '-Z', '-r', join(CORPUS_DIR!, capture), '-w', records];
  await once(spawn('argus', args, { stdio: 'ignore', timeout: PROBE_MS_MAX }), 'close');
}
