import { relative, resolve } from 'node:path';
import type { Context } from '../../libs/cli/command.ts';
import type { Sink } from '../../libs/cli/sink.ts';
import { UsageError } from '../../libs/core/errors.ts';
import type { Filter } from '../../libs/filter/compile.ts';
import { FLOW_BATCH, MANAGEMENT_BATCH, type Batch } from '../../libs/record/batch.ts';
import type { RecordServer } from '../../libs/transport/server.ts';
import type { ArgusArguments } from './settings.ts';
import type { WrittenOutput } from './written-output.ts';

/** Where a probe's records go: files, standard output, readers, or people. */
export class Outputs {
  readonly #printer: Sink | undefined;
  readonly #written: readonly WrittenOutput[];
  readonly #server: RecordServer | undefined;

  private constructor(printer: Sink | undefined, written: readonly WrittenOutput[], server: RecordServer | undefined) {
    this.#printer = printer;
    this.#written = written;
    this.#server = server;
  }

  /**
   * Opens what the command line names; without any, records print as `ra` prints them.
   * @throws {InputError} when a file or port cannot be had
   */
  static async open(args: ArgusArguments, source: string, startUs: number, context: Context): Promise<Outputs> {
    const port = args.port ?? 0;
    const written = await openWritten(args, port !== 0, context);
    const printer = written.length === 0 && port === 0 ? await openPrinter(context) : undefined;
    if (port === 0) return new Outputs(printer, written, undefined);
    const { RecordServer } = await import('../../libs/transport/server.ts');
    const server = new RecordServer({ program: context.program, source, startUs, readersMax: args.readers });
    const hosts = args.bind.flatMap((list) => list.split(','));
    await server.listen(hosts.length === 0 ? { port } : { port, hosts });
    return new Outputs(printer, written, server);
  }

  /** Records that could not be written to files or standard output, counted for each of them. */
  get lost(): number {
    return this.#written.reduce((sum, { lost }) => sum + lost, 0);
  }

  /** What the readers have missed, and how many there are. */
  get serverStats(): RecordServer['stats'] | undefined {
    return this.#server?.stats;
  }

  /** @returns undefined when more may come at once, else a promise for that moment */
  push(batch: Batch): Promise<void> | undefined {
    if (batch.kind === MANAGEMENT_BATCH && batch.first === 0) this.#server?.setStart(batch);
    else this.#server?.push(batch);
    const waits = this.#written.map((output) => output.push(batch)).filter((wait) => wait !== undefined);
    const printed = this.#printer?.push(batch, undefined, batch.rows);
    if (printed !== undefined) waits.push(printed);
    return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined);
  }

  /**
   * Goes on in the files that have the names of ours by now, so that old ones can be moved away.
   * @param root folder that all paths begin at meanwhile
   * @throws {SuiteError} when one cannot be opened; it is kept as it was, and so are those after it
   */
  async reopen(root = '/'): Promise<void> {
    for (const output of this.#written) {
      await output.reopen((path) => {
        const inside = relative(root, path);
        return root === '/' || inside.startsWith('..') ? path : `/${inside}`;
      });
    }
  }

  /** @throws {SuiteError} the first failure of an output, after all have ended */
  async end(): Promise<void> {
    const ended = await Promise.allSettled([this.#printer?.end(), ...this.#written.map((output) => output.end())]);
    await this.#server?.close();
    for (const each of ended) if (each.status === 'rejected') throw each.reason;
  }
}

/** @throws {SuiteError} for a filter that cannot be, a file that is named twice or cannot be opened */
async function openWritten(args: ArgusArguments, isServed: boolean, context: Context): Promise<WrittenOutput[]> {
  if (args.write.length === 0) return [];
  const paths = args.write.map(([path = '']) => (path === '-' ? path : resolve(path)));
  const twice = paths.findIndex((path, i) => paths.indexOf(path) !== i);
  if (twice !== -1) throw new UsageError(`'${args.write[twice]?.[0]}' is written to twice`, { hint: 'Name it once; its filter may say: this or that.' }); // prettier-ignore
  const { WrittenOutput } = await import('./written-output.ts');
  const isOneOfSeveral = isServed || paths.length > 1;
  const isLive = args.read.length === 0;
  const { stdout, warn } = context;
  const filters = await compiled(args.write.map(([, filter]) => filter));
  return Promise.all(
    args.write.map(([path = ''], i) =>
      WrittenOutput.open({
        path,
        filter: filters[i],
        goesOn: isOneOfSeveral || (isLive && path !== '-'),
        stdout,
        warn,
      }),
    ),
  );
}

async function compiled(sources: readonly (string | undefined)[]): Promise<(Filter | undefined)[]> {
  if (sources.every((source) => source === undefined)) return [];
  const { compileFilter } = await import('../../libs/filter/compile.ts');
  return sources.map((source) => (source === undefined ? undefined : compileFilter(source)));
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
