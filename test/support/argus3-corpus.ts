import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MANAGEMENT_BIT } from '../../libs/interop/argus3/format.ts';

const { CORPUS_DIR } = process.env;
/** The original probe waits for a second at its end, so that many at once take hardly longer. */
const PROBES_AT_ONCE = 40;
const PROBE_MS_MAX = 120_000;
/** About so many of a capture are in a sample: a flood is the same record tens of thousands of times. */
const SAMPLE_RECORDS = 2000;
const WORD_BYTES = 4;

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

/**
 * Writes a sample of what `writeCorpusRecords` has written: all records of most captures, and of those with a great many some of
 * the whole time.
 * @param folder where the records of each capture are
 */
export async function writeCorpusSample(folder: string, into: string): Promise<void> {
  const names = readdirSync(folder).filter((name) => /\.pcap(ng)?\.arg$/.test(name));
  const records = await Promise.all(names.sort().map((name) => readFile(join(folder, name))));
  await writeFile(into, Buffer.concat(records.flatMap(sampleOf)));
}

/** Management records, and every so many-th of the others. */
function sampleOf(bytes: Buffer): Buffer[] {
  const all: Buffer[] = [];
  // The second half of the first word is the length, in words.
  for (let at = 0; at + WORD_BYTES <= bytes.length; at += all.at(-1)!.length)
    all.push(bytes.subarray(at, at + WORD_BYTES * Math.max(1, bytes.readUInt16BE(at + 2))));
  const stride = Math.ceil(all.length / SAMPLE_RECORDS);
  return all.filter((record, i) => i % stride === 0 || (record[0]! & MANAGEMENT_BIT) !== 0);
}

/** It refuses some captures, and breaks off in others; then there are the records before that. */
async function probe(capture: string, records: string): Promise<void> {
  const args = ['-X', '-A', '-J', '-m', '-R', '-Z', '-r', join(CORPUS_DIR!, capture), '-w', records];
  await once(spawn('argus', args, { stdio: 'ignore', timeout: PROBE_MS_MAX }), 'close');
}
