import type { Context } from '../../libs/cli/command.ts';
import { dialectsOf } from '../../libs/cli/network/dialects.ts';
import { ClientSecurity } from '../../libs/cli/network/client-security.ts';
import { RecordInputs } from '../../libs/cli/input/record-inputs.ts';
import { formatServerAddress, parseServerAddress, type ServerAddress } from '../../libs/cli/network/server-address.ts';
import { pathBelow } from '../../libs/cli/path-below.ts';
import { keepOptions, serverTimes, streamTimes } from '../../libs/cli/network/server-options.ts';
import { FileSecurity } from '../../libs/cli/network/server-security.ts';
import { DEFAULT_SOURCE_ID, parseSourceId } from '../../libs/cli/source-id.ts';
import { giveDirectory, readerName } from '../../libs/cli/state-directory.ts';
import { version } from '../../libs/cli/version.ts';
import { openWritten } from '../../libs/cli/output/written-outputs.ts';
import { nowUs } from '../../libs/core/clock.ts';
import { UsageError } from '../../libs/core/errors.ts';
import { detach, isDetached } from '../../libs/daemon/detach.ts';
import { Surroundings } from '../../libs/daemon/surroundings.ts';
import { compileFilter } from '../../libs/filter/compile.ts';
import { CAUSE } from '../../libs/record/fields/field.ts';
import { OriginLedger } from '../../libs/record/ledger.ts';
import { isReaderName } from '../../libs/transport/handshake.ts';
import { ARGUS3_SERVER } from '../../libs/interop/argus3/live-server.ts';
import { recordStream } from '../../libs/transport/record-stream.ts';
import { RecordServer } from '../../libs/transport/server.ts';
import { Wish } from '../../libs/transport/wish.ts';
import { checkConfiguration } from './check-config.ts';
import { radiumMetrics } from './metrics.ts';
import type { RadiumArguments } from './options.ts';
import { OwnRecords } from './own-records.ts';
import { Relay } from './relay.ts';
import { leftBehind, lockFolder, stateFolder } from './state-folder.ts';

/** What can be known before anything is opened. */
interface Plan {
  readonly sources: readonly (readonly ServerAddress[])[];
  readonly hosts: readonly string[];
  readonly filter: string;
  readonly source: string;
  /** Of this multiplexer alone. */
  readonly directory: string;
}

/** Runs a multiplexer until its inputs end or it is told to stop. @returns the exit status */
export async function runRadium(args: RadiumArguments, context: Context): Promise<number> {
  const plan = planOf(args, context);
  if (args.check) return checkConfiguration(args, context);
  if (args.daemon && !isDetached(context)) return detach();
  const surroundings = await Surroundings.enter(args, context);
  let lock: Disposable | undefined;
  try {
    lock = lockFolder(plan.directory, context.program);
    for (const folder of leftBehind(plan.directory, context.program))
      context.warn(`records that readers did not get lie in ${folder}; radium serves them when it is started as before, with the addresses and port of that name`); // prettier-ignore
    return await multiplex(args, plan, surroundings, context);
  } finally {
    lock?.[Symbol.dispose]();
    surroundings.leave();
  }
}

/** @throws {UsageError} */
function planOf(args: RadiumArguments, { env }: Context): Plan {
  const port = args.port ?? 0;
  const files = args.read.length + args.recurse.length;
  if (args.server.length + files === 0) {
    throw new UsageError('nothing to read', { hint: 'Name probes or multiplexers with -S, or files with -r.' });
  }
  if (port === 0 && args.write.length === 0) {
    throw new UsageError('nobody would get the records', { hint: 'Serve them with -P PORT, or name a file with -w.' });
  }
  if (args.name !== undefined && !isReaderName(args.name)) {
    throw new UsageError(`--name: '${args.name}' is no name`, { hint: 'Up to 128 letters, digits and . : @ + _ -.' });
  }
  const filter = args.operands.join(' ');
  compileFilter(filter);
  const hosts = args.bind.flatMap((list) => list.split(','));
  return {
    sources: args.server.map((list) => list.split(',').map((server) => parseServerAddress(server.trim()))),
    hosts,
    filter,
    source: args.source === undefined ? DEFAULT_SOURCE_ID : parseSourceId(args.source),
    directory: stateFolder(args, env, hosts, port),
  };
}

async function multiplex(
  args: RadiumArguments,
  plan: Plan,
  surroundings: Surroundings,
  context: Context,
): Promise<number> {
  const startUs = nowUs();
  const reader = await ClientSecurity.open(args, context);
  const isServed = (args.port ?? 0) !== 0;
  const security = isServed ? await FileSecurity.open(args, plan.hosts, context.warn) : undefined;
  const server = isServed ? await openServer(args, plan, startUs, security, context) : undefined;
  const written = await openWritten(args.write, { withOthers: server !== undefined, live: true }, context);
  const ledger = new OriginLedger();
  const relay = new Relay(server, written, ledger);
  const own = new OwnRecords({ source: plan.source, run: startUs }, inputWords(args, plan));
  await relay.add(own.next(CAUSE.start, relay));
  await surroundings.ready({
    reload: async (root) => {
      for (const output of written) await output.reopen((path) => pathBelow(root, path));
      await security?.reload(root);
      server?.renewSecurity();
    },
    status: () => Promise.resolve(statusLines(relay)),
    metrics: (metrics) => radiumMetrics(metrics, relay),
    beforeRights: (identity) => {
      if (identity?.user !== undefined) giveDirectory(plan.directory, identity.user.uid, identity.gid, context.warn);
    },
  });
  const directory = pathBelow(surroundings.root, plan.directory);
  server?.moveState(directory);
  const every = args.management > 0 ? setInterval(() => void relay.add(own.next(CAUSE.status, relay)), args.management * 1000) : undefined; // prettier-ignore
  let failed = false;
  try {
    const work = [readStreams(args, { ...plan, directory }, reader, relay, ledger, context)];
    if (args.read.length + args.recurse.length > 0) work.push(readFiles(args, plan, server, relay, context));
    failed = (await Promise.all(work)).includes(false);
  } finally {
    clearInterval(every);
    await relay.add(own.next(CAUSE.stop, relay));
    await relay.end();
  }
  return failed ? 1 : 0;
}

async function openServer(
  args: RadiumArguments,
  { hosts, source, directory }: Plan,
  startUs: number,
  security: FileSecurity | undefined,
  { program, info }: Context,
): Promise<RecordServer> {
  const port = args.port ?? 0;
  const server = new RecordServer({
    security,
    waitingPerAddressMax: args['half-open'],
    program: `${program} ${version()}`,
    source,
    startUs,
    readersMax: args.clients,
    dialects: await dialectsOf(args),
    keep: keepOptions(args, directory),
    ...serverTimes(args),
    report: info,
  });
  await server.listen(hosts.length === 0 ? { port } : { port, hosts });
  return server;
}

/** @returns whether all went well */
async function readStreams(
  args: RadiumArguments,
  plan: Plan,
  reader: ClientSecurity,
  relay: Relay,
  ledger: OriginLedger,
  context: Context,
): Promise<boolean> {
  const { sources, filter, directory } = plan;
  if (sources.length === 0) return true;
  const { program, signal, info, warn } = context;
  const stream = recordStream({
    sources: sources.map((list) => list.map((server) => reader.server(server))),
    token: reader.token,
    program: `${program} ${version()}`,
    filter,
    name: args.name ?? readerName(directory, 'radium', warn),
    ledger,
    signal,
    report: info,
    ...(relay.looksAt === undefined ? {} : { looksAt: relay.looksAt }),
    ...streamTimes(args),
    foreign: ARGUS3_SERVER,
    persistence: args['no-reconnect'] ? 'once' : 'for-ever',
  });
  for await (const received of stream) await relay.pass(received);
  return true;
}

/** @returns whether all could be read */
async function readFiles(
  args: RadiumArguments,
  { filter }: Plan,
  server: RecordServer | undefined,
  relay: Relay,
  context: Context,
): Promise<boolean> {
  const settings = {
    files: args.read,
    trees: args.recurse,
    servers: [],
    security: undefined,
    serverFilter: '',
    fields: undefined,
    peek: undefined,
  };
  const inputs = await RecordInputs.open(settings, context, context.signal);
  const wish = new Wish(filter, undefined);
  await server?.whenRead(context.signal);
  for await (const batch of inputs) {
    const wanted = wish.apply(batch);
    if (wanted !== undefined) await relay.passBatch(wanted);
    await server?.whenRoom(context.signal);
  }
  return !inputs.failed;
}

function inputWords(args: RadiumArguments, { sources }: Plan): string {
  const servers = sources.map((list) => list.map(formatServerAddress).join(','));
  return [...servers, ...args.read, ...args.recurse].join(' ');
}

function statusLines(relay: Relay): string[] {
  const lines = [`${relay.records} records came`];
  const stats = relay.serverStats;
  if (stats === undefined) return lines;
  const { readers, named, sent, dropped, queuedRecords, spoolBytes } = stats;
  lines.push(`${readers} readers, ${sent} records sent, ${queuedRecords} wait, ${dropped} missed`);
  lines.push(`${named} named readers; ${spoolBytes} bytes on disk wait for them`);
  return lines;
}
