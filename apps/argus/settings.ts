import { UsageError } from '../../libs/core/errors.ts';
import { didYouMean } from '../../libs/core/nearest.ts';
import { parseRecordRange } from '../../libs/cli/selection/record-range.ts';
import { servesArgus3 } from '../../libs/cli/network/dialects.ts';
import { isStandardOutput } from '../../libs/cli/write-target.ts';
import type { FlowTableOptions } from '../../libs/flow/table-options.ts';
import type { InterfaceGroup } from './interfaces.ts';
import type { LiveSettings } from './live-counting.ts';
import type { ArgusArguments } from './options.ts';
import type { ProbeOptions } from './probe.ts';
import { timeoutsOf } from './timeout-options.ts';
import { DEFAULT_SOURCE_ID, parseSourceId } from '../../libs/cli/source-id.ts';

/** No packet is longer. */
const WHOLE_PACKETS = 0x4000_0000;

/** Records that somebody waits for, do not wait longer for others; nor those that go to files, where batches are gathered anyway. */
const FLUSH_MS = { awaited: 20, toFiles: 200, never: 0 } as const;

function flushMs(args: ArgusArguments): number {
  const toPeople = args.write.length === 0;
  if (toPeople || (args.port ?? 0) !== 0 || args.write.some(([path = '']) => isStandardOutput(path)))
    return FLUSH_MS.awaited;
  const isLive = args.pace !== undefined || args.follow || args.read.length === 0 || args.read.includes('-');
  return isLive ? FLUSH_MS.toFiles : FLUSH_MS.never;
}

/**
 * What the command line says of the probe, apart from its inputs and outputs.
 * @param now when the run began, microseconds since the epoch
 * @param seed of the flow table's hash
 * @throws {UsageError}
 */
export function probeOptions(args: ArgusArguments, now: number, seed: number, rowsMax: number): ProbeOptions {
  if (args.daemon && args.write.length === 0 && (args.port ?? 0) === 0) {
    throw new UsageError('in the background nobody sees what is printed', {
      hint: 'With -d, name a file with -w or a port with -P.',
    });
  }
  wordForWay(args.capture);
  servesArgus3(args.argus3);
  const table: FlowTableOptions = {
    flowsMax: args.flows,
    statusUs: args.status * 1e6,
    timeouts: timeoutsOf(args),
    endRecords: args['end-records'],
    seed,
    features: {
      appBytes: args['app-bytes'],
      timing: args.jitter,
      macs: args.macs,
      response: args.response,
      sizes: args.sizes,
      app: args.app,
      payloadBytes: args.payload,
    },
  };
  const { packets = '0' } = args;
  const range = packets === '0' ? { first: 1, last: -1 } : parseRecordRange(packets, 'packet');
  return {
    origin: { source: args.source === undefined ? DEFAULT_SOURCE_ID : parseSourceId(args.source), run: now },
    table,
    rowsMax,
    packets: { first: range.first, last: range.last },
    flushMs: flushMs(args),
    snaplen: args.snaplen === undefined || args.snaplen === 0 ? WHOLE_PACKETS : args.snaplen,
    shard: { index: 0, count: 1 },
  };
}

/** A group of interfaces and the source id of its records. */
export type SourcedGroup = InterfaceGroup & { readonly source: string };

const MIB = 2 ** 20;
/** Blocks hold at least a few of the largest frames that local TCP makes, 64 KiB. */
const BLOCK_BYTES_MIN = MIB / 4;
const BLOCK_BYTES_MAX = MIB;
/** While one is read the kernel fills others. */
const BLOCKS_MIN = 8;
/** Packets wait this long at most for their block to fill. */
const RETIRE_MS = 20;

/**
 * What the command line says of interfaces.
 * @param source the probe's own source id; interfaces that are independent add their names to it
 * @param warn is told when there is no kernel ring
 * @throws {UsageError}
 */
export async function liveGroups(
  args: ArgusArguments,
  source: string,
  filter: string,
  warn: (message: string) => void,
): Promise<{ readonly groups: readonly SourcedGroup[]; readonly settings: LiveSettings }> {
  const capture = await captureWay(args.capture, warn);
  const { defaultInterface, interfacesUp } = await import('../../libs/capture/interfaces.ts');
  const { parseInterfaces } = await import('./interfaces.ts');
  const places = args.interface.length === 0 ? [[defaultInterface()]] : args.interface;
  const parsed = parseInterfaces(places, interfacesUp);
  const groups = parsed.map((group) => ({
    ...group,
    source: group.source ?? (parsed.length === 1 ? source : `${source}/${group.interfaces.join('+')}`),
  }));
  const ringBytes = args.ring * MIB;
  const blockBytes = ringBytes < BLOCKS_MIN * BLOCK_BYTES_MAX ? BLOCK_BYTES_MIN : BLOCK_BYTES_MAX;
  const ring = {
    blockBytes,
    blocks: ringBytes / blockBytes,
    retireMs: RETIRE_MS,
    promiscuous: !args['no-promiscuous'],
    optimize: !args['no-optimizer'],
  };
  return { groups, settings: { capture, filter, ring, workers: capture === 'cap' ? 1 : args.workers } };
}

const WAYS = ['ring', 'cap'] as const;

/** @returns undefined when nothing was said */
function wordForWay(text: string | undefined): 'ring' | 'cap' | undefined {
  const way = WAYS.find((each) => each === text);
  if (way !== undefined || text === undefined) return way;
  throw new UsageError(`--capture: no way '${text}'`, { hint: didYouMean(text, WAYS) || 'It is ring or cap.' });
}

async function captureWay(text: string | undefined, warn: (message: string) => void): Promise<'ring' | 'cap'> {
  const said = wordForWay(text);
  if (said === undefined) {
    if (process.platform !== 'linux') return 'cap';
    const { ringMissing } = await import('../../libs/capture/ring-socket.ts');
    const reason = ringMissing();
    if (reason !== undefined) warn(`${reason}: packets come by cap, whose times and losses are not exact`);
    return reason === undefined ? 'ring' : 'cap';
  }
  return said;
}
