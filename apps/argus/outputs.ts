import type { Context } from '../../libs/cli/command.ts';
import { dialectsOf } from '../../libs/cli/network/dialects.ts';
import type { Sink } from '../../libs/cli/output/sink.ts';
import { pathBelow } from '../../libs/cli/path-below.ts';
import { keepOptions, serverTimes } from '../../libs/cli/network/server-options.ts';
import type { FileSecurity } from '../../libs/cli/network/server-security.ts';
import { stateDirectory } from '../../libs/cli/state-directory.ts';
import type { WrittenOutput } from '../../libs/cli/output/written-output.ts';
import { UsageError } from '../../libs/core/errors.ts';
import { FLOW_BATCH, MANAGEMENT_BATCH, type Batch } from '../../libs/record/batch.ts';
import type { RecordServer } from '../../libs/transport/server.ts';
import { openWritten } from '../../libs/cli/output/written-outputs.ts';
import { Loans } from './loans.ts';
import type { ArgusArguments } from './options.ts';

/** Where a probe's records go: files, standard output, readers, or people. */
export class Outputs {
  readonly #printer: Sink | undefined;
  readonly #written: readonly WrittenOutput[];
  readonly #server: RecordServer | undefined;
  readonly #security: FileSecurity | undefined;
  readonly #loans: Loans;
  /** Where the server keeps what it must not forget; undefined when it serves nobody. */
  readonly stateDirectory: string | undefined;

  private constructor(
    printer: Sink | undefined,
    written: readonly WrittenOutput[],
    server?: RecordServer,
    directory?: string,
    security?: FileSecurity,
  ) {
    this.#printer = printer;
    this.#written = written;
    this.#server = server;
    this.#security = security;
    this.#loans = new Loans(server === undefined ? written : [...written, server]);
    this.stateDirectory = directory;
  }

  /**
   * Opens what the command line names; without any, records print as `ra` prints them.
   * @throws {InputError} when a file or port cannot be had
   */
  static async open(args: ArgusArguments, source: string, startUs: number, context: Context): Promise<Outputs> {
    const port = args.port ?? 0;
    const goOn = { withOthers: port !== 0, live: args.read.length === 0 };
    const written = await openWritten(args.write, goOn, context);
    const printer = written.length === 0 && port === 0 ? await openPrinter(context) : undefined;
    if (port === 0) return new Outputs(printer, written);
    const { RecordServer } = await import('../../libs/transport/server.ts');
    const hosts = args.bind.flatMap((list) => list.split(','));
    const directory = stateDirectory(args.state, context.env, ['argus', ...hosts, port].join('-'), args.chroot);
    const security = await openSecurity(args, hosts, context);
    const server = new RecordServer({
      security,
      waitingPerAddressMax: args['half-open'],
      program: context.program,
      source,
      startUs,
      readersMax: args.readers,
      dialects: await dialectsOf(args),
      keep: keepOptions(args, directory),
      ...serverTimes(args),
      report: context.info,
    });
    await server.listen(hosts.length === 0 ? { port } : { port, hosts });
    return new Outputs(printer, written, server, directory, security);
  }

  /** Records that could not be written to files or standard output, counted for each of them. */
  get lost(): number {
    return this.#written.reduce((sum, { lost }) => sum + lost, 0);
  }

  /** What the readers have missed, and how many there are. */
  get serverStats(): RecordServer['stats'] | undefined {
    return this.#server?.stats;
  }

  /**
   * @param giveBack called when none of them looks at the batch any more
   * @returns undefined when more may come at once, else a promise for that moment
   */
  push(batch: Batch, giveBack?: () => void): Promise<void> | undefined {
    if (batch.kind === MANAGEMENT_BATCH && batch.first === 0) this.#server?.setStart(batch);
    else this.#server?.push(batch);
    const waits = this.#written.map((output) => output.push(batch)).filter((wait) => wait !== undefined);
    const printed = this.#printer?.push(batch, undefined, batch.rows);
    if (printed !== undefined) waits.push(printed);
    if (giveBack !== undefined) this.#loans.add(giveBack);
    this.#loans.settle();
    return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined);
  }

  /** All paths begin at this folder by now. */
  moveTo(root: string): void {
    if (this.stateDirectory !== undefined) this.#server?.moveState(pathBelow(root, this.stateDirectory));
  }

  /**
   * Goes on in the files that have the names of ours by now, so that old ones can be moved away, and takes up certificates,
   * tokens and access list anew.
   * @param root folder that all paths begin at meanwhile
   * @throws {SuiteError} when one cannot be opened; it is kept as it was, and so are those after it
   */
  async reopen(root = '/'): Promise<void> {
    for (const output of this.#written) {
      await output.reopen((path) => pathBelow(root, path));
    }
    await this.#security?.reload(root);
    this.#server?.renewSecurity();
  }

  /** @throws {SuiteError} the first failure of an output, after all have ended */
  async end(): Promise<void> {
    const ended = await Promise.allSettled([this.#printer?.end(), ...this.#written.map((output) => output.end())]);
    await this.#server?.close();
    for (const each of ended) if (each.status === 'rejected') throw each.reason;
  }
}

async function openSecurity(args: ArgusArguments, hosts: readonly string[], { warn }: Context): Promise<FileSecurity> {
  if (args['tls-ca'] !== undefined && args['tls-cert'] === undefined)
    throw new UsageError('--tls-ca asks readers for certificates, but there is none of this probe', {
      hint: 'Name its own with --tls-cert and --tls-key.',
    });
  const { FileSecurity: Security } = await import('../../libs/cli/network/server-security.ts');
  return Security.open(args, hosts, warn);
}

/** Flow records as `ra` prints them when it is told nothing. */
async function openPrinter(context: Context): Promise<Sink> {
  const { PrintSink } = await import('../../libs/cli/output/print-sink.ts');
  const { RecordPrinter } = await import('../../libs/record/print/printer.ts');
  const { DEFAULT_COLUMNS } = await import('../../libs/record/print/options.ts');
  const sink = new PrintSink(new RecordPrinter(DEFAULT_COLUMNS), context.stdout, { headersEvery: 0 });
  return {
    push: (batch, rows, count) => (batch.kind === FLOW_BATCH ? sink.push(batch, rows, count) : undefined),
    end: () => sink.end(),
  };
}
