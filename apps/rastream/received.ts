import type { Arrival } from '../../libs/archive/stream-archive.ts';
import type { Context } from '../../libs/cli/command.ts';
import { ClientSecurity } from '../../libs/cli/network/client-security.ts';
import { parseServerAddress } from '../../libs/cli/network/server-address.ts';
import { streamTimes } from '../../libs/cli/network/server-options.ts';
import { version } from '../../libs/cli/version.ts';
import { ARGUS3_SERVER } from '../../libs/interop/argus3/live-server.ts';
import { OriginLedger } from '../../libs/record/ledger.ts';
import { recordStream } from '../../libs/transport/record-stream.ts';
import type { RastreamArguments } from './options.ts';

/**
 * What servers send, under the name by which they know this reader. The servers of one list `-S a,b` have the same records.
 * @param had what the archive has of them, as its ledger tells it
 * @throws {UsageError} for what cannot be a server
 */
export async function* received(
  args: RastreamArguments,
  name: string,
  had: unknown,
  { program, info, env, warn }: Pick<Context, 'program' | 'info' | 'env' | 'warn'>,
  signal: AbortSignal,
): AsyncGenerator<Arrival, void, undefined> {
  const servers = args.server.map((list) => list.split(',').map((server) => parseServerAddress(server.trim())));
  const security = await ClientSecurity.open(args, { env, warn });
  yield* recordStream({
    sources: servers.map((list) => list.map((server) => security.server(server))),
    token: security.token,
    program: `${program} ${version()}`,
    name,
    filter: args.operands.join(' '),
    // Of its own: the archive's knows what is in the journal, this one what was given out.
    ledger: OriginLedger.from(had),
    foreign: ARGUS3_SERVER,
    signal,
    report: info,
    ...streamTimes(args),
  });
}
