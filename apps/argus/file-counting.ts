import { statSync } from 'node:fs';
import type { Context } from '../../libs/cli/command.ts';
import type { Counting, Outcome } from './counting.ts';
import type { OriginRecords } from './origin-records.ts';
import type { LinkUnknown, ProbeOptions, ProbeTotals } from './probe.ts';
import { Probe } from './probe.ts';
import type { ProbePool } from './probe-pool.ts';
import { openCaptures, type CaptureSettings, type Damage } from './sources.ts';

/** Counts capture files, in this thread or in several. */
export async function countFiles(
  options: ProbeOptions,
  captures: CaptureSettings,
  workers: number,
  records: OriginRecords,
  linkUnknown: LinkUnknown,
  context: Context,
): Promise<Counting> {
  const threads =
    captures.pace === undefined && captures.follows !== true ? threadsFor(workers, options, captures.files) : 1;
  if (threads === 1) return new FileCounting(options, captures, records, linkUnknown, context);
  const { ProbePool: Pool } = await import('./probe-pool.ts');
  const pool = new Pool(options, { kind: 'files', captures }, threads, context.signal, { linkUnknown });
  return new PooledFileCounting(pool, captures, records);
}

/** A range of packet numbers, and what can be read once only, are for one thread alone. */
function threadsFor(wanted: number, { packets }: ProbeOptions, files: readonly string[]): number {
  return packets.last !== -1 || packets.first > 1 || files.some(isStream) ? 1 : wanted;
}

function isStream(file: string): boolean {
  if (file === '-') return true;
  const found = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

class FileCounting implements Counting {
  readonly capture = 'file';
  readonly records: OriginRecords;
  readonly input: string;
  readonly #captures: CaptureSettings;
  readonly #probe: Probe;
  readonly #context: Context;

  constructor(
    options: ProbeOptions,
    captures: CaptureSettings,
    records: OriginRecords,
    linkUnknown: LinkUnknown,
    context: Context,
  ) {
    this.records = records;
    this.input = captures.files.join(' ');
    this.#captures = captures;
    this.#probe = new Probe(options, (batch) => records.offer(batch), linkUnknown);
    this.#context = context;
  }

  totals(): Promise<ProbeTotals> {
    return Promise.resolve(this.#probe.totals());
  }

  async finish(): Promise<Outcome> {
    const { stdin, signal } = this.#context;
    const damage: Damage[] = [];
    for await (const source of openCaptures(this.#captures, damage, stdin, signal)) {
      await this.#probe.read(source, signal, () => this.records.ready());
    }
    this.#probe.flush();
    await this.records.ready();
    return { totals: this.#probe.totals(), damage };
  }
}

class PooledFileCounting implements Counting {
  readonly capture = 'file';
  readonly records: OriginRecords;
  readonly input: string;
  readonly #pool: ProbePool;

  constructor(pool: ProbePool, captures: CaptureSettings, records: OriginRecords) {
    this.#pool = pool;
    this.records = records;
    this.input = captures.files.join(' ');
  }

  totals(): Promise<ProbeTotals> {
    return this.#pool.totals();
  }

  /** Batches come round by round, one of each thread, so that the same captures give the same order. */
  finish(): Promise<Outcome> {
    return this.#pool.runInRounds((batch, giveBack) => this.records.push(batch, giveBack));
  }
}
