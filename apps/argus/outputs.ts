import { relative } from 'node:path';
import type { Context } from '../../libs/cli/command.ts';
import type { RecordFileSink } from '../../libs/cli/record-file-sink.ts';
import type { Sink } from '../../libs/cli/sink.ts';
import { FLOW_BATCH, MANAGEMENT_BATCH, type Batch } from '../../libs/record/batch.ts';
import type { RecordServer } from '../../libs/transport/server.ts';
import type { ArgusArguments } from './settings.ts';

/** Where a probe's records go: files, standard output, readers, or people. */
export class Outputs {
  readonly #sinks: readonly Sink[];
  /** Those of the sinks that are files, by name. */
  readonly #files: ReadonlyMap<string, RecordFileSink>;
  readonly #server: RecordServer | undefined;

  private constructor(
    sinks: readonly Sink[],
    files: ReadonlyMap<string, RecordFileSink>,
    server: RecordServer | undefined,
  ) {
    this.#sinks = sinks;
    this.#files = files;
    this.#server = server;
  }

  /**
   * Opens what the command line names; without any, records print as `ra` prints them.
   * @throws {InputError} when a file or port cannot be had
   */
  static async open(args: ArgusArguments, source: string, startUs: number, context: Context): Promise<Outputs> {
    const port = args.port ?? 0;
    const files = new Map<string, RecordFileSink>();
    const sinks: Sink[] = [];
    for (const path of args.write) {
      const { RecordFileSink } = await import('../../libs/cli/record-file-sink.ts');
      const sink = await RecordFileSink.open(path, context.stdout, context.warn);
      sinks.push(sink);
      files.set(path, sink);
    }
    if (sinks.length === 0 && port === 0) sinks.push(await openPrinter(context));
    if (port === 0) return new Outputs(sinks, files, undefined);
    const { RecordServer } = await import('../../libs/transport/server.ts');
    const server = new RecordServer({ program: context.program, source, startUs, readersMax: args.readers });
    const hosts = args.bind.flatMap((list) => list.split(','));
    await server.listen(hosts.length === 0 ? { port } : { port, hosts });
    return new Outputs(sinks, files, server);
  }

  /** What the readers have missed, and how many there are. */
  get serverStats(): RecordServer['stats'] | undefined {
    return this.#server?.stats;
  }

  /** @returns undefined when more may come at once, else a promise for that moment */
  push(batch: Batch): Promise<void> | undefined {
    if (batch.kind === MANAGEMENT_BATCH && batch.first === 0) this.#server?.setStart(batch);
    else this.#server?.push(batch);
    const waits = this.#sinks
      .map((sink) => sink.push(batch, undefined, batch.rows))
      .filter((wait) => wait !== undefined);
    return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined);
  }

  /**
   * Goes on in the files that have the names of ours by now, so that old ones can be moved away.
   * @param root folder that all paths begin at meanwhile
   * @throws {SuiteError} when one cannot be opened; it is kept as it was, and so are those after it
   */
  async reopen(root = '/'): Promise<void> {
    for (const [path, sink] of this.#files) {
      const inside = relative(root, path);
      await sink.reopen(root === '/' || inside.startsWith('..') ? path : `/${inside}`);
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#sinks.map((sink) => sink.end()));
    await this.#server?.close();
  }
}

/** Flow records as `ra` prints them when it is told nothing. */
async function openPrinter(context: Context): Promise<Sink> {
  const { PrintSink } = await import('../../libs/cli/print-sink.ts');
  const { RecordPrinter } = await import('../../libs/record/print/printer.ts');
  const { DEFAULT_COLUMNS } = await import('../../libs/record/print/options.ts');
  const sink = new PrintSink(new RecordPrinter(DEFAULT_COLUMNS), context.stdout, { headersEvery: 0 });
  return {
    push: (batch, rows, count) => (batch.kind === FLOW_BATCH ? sink.push(batch, rows, count) : undefined),
    end: () => sink.end(),
  };
}
