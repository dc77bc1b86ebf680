import { setTimeout as delay } from 'node:timers/promises';
import { decodeFrame, type Decoded } from '../codec/decode.ts';
import { encodeBatch } from '../codec/encode.ts';
import { InputError } from '../core/errors.ts';
import { merge } from '../core/merge.ts';
import { emptyBatch, FLOW_BATCH, GAP_BATCH, type Batch } from '../record/batch.ts';
import { isStop, type OriginLedger } from '../record/ledger.ts';
import { selectRows } from '../record/select.ts';
import { Connection, RefusedError, type ConnectOptions } from './connection.ts';
import { isBefore, isCut, isFarewell, isHeartbeat, isRunOver } from './farewell.ts';
import { POSITIONS_MAX } from './handshake.ts';
import { ThinnedLog } from './thinned-log.ts';
import { mustStayHere, Wish } from './wish.ts';

export type Server = Pick<ConnectOptions, 'host' | 'port' | 'tls'>;

export interface StreamOptions extends Pick<
  ConnectOptions,
  'program' | 'filter' | 'name' | 'token' | 'answerMs' | 'silenceMs' | 'foreign'
> {
  /** Each a list of servers that have the same records: the first that answers is read, another when it fails. */
  readonly sources: readonly (readonly Server[])[];
  /** What was had before; goes on with what is given out. */
  readonly ledger: OriginLedger;
  readonly signal: AbortSignal;
  /** Is told of connections that come and go, of losses and of runs that ended without farewell. */
  readonly report: (message: string) => void;
  /** Least and most milliseconds before the next attempt after all servers of a source failed. Default 250 and 30,000. */
  readonly retryMs?: { readonly min: number; readonly max: number };
  /**
   * `for-ever`: whatever happens, it is tried again. `while-there`: a server that cannot be had at the start is an error,
   * and one that says farewell is not waited for. `once`: so is one that is lost. Default for-ever.
   */
  readonly persistence?: 'for-ever' | 'while-there' | 'once';
  /** Numbers of the fields that the taker looks at; `batch` of flow records may lack all others. Default all. */
  readonly looksAt?: ReadonlySet<number>;
  /** Whether the taker itself reports gap batches. */
  readonly takerReportsGaps?: boolean;
}

/** A frame that came, with what it holds. */
export interface Received {
  readonly batch: Batch;
  /** The frame as record files hold it, in memory of its own. */
  readonly bytes: Uint8Array;
  /** This one and all that came before it from the same server are in safe keeping; the server may forget them. */
  readonly acknowledge: () => void;
}

const RETRY_MS = { min: 250, max: 30_000 };
/** A connection that ends before it is this old counts as one that failed, milliseconds. */
const STEADY_MS = 5000;
/** After a farewell, what was taken has this long to come into safe keeping. */
const SETTLE_MS = 1000;

/**
 * The frames of all sources as they come, in order within each, doubles left out, over as many connections as it takes. A
 * slow taker slows the servers and nobody else.
 * @throws InputError where `persistence` does not have it tried again
 */
export function recordStream(options: StreamOptions): AsyncIterable<Received> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  return merge(
    options.sources.map((servers) => new SourceReader(servers, { ...options, signal }).read()),
    stop,
  );
}

/** Reads one source, from whichever of its servers is there. */
class SourceReader {
  readonly #servers: readonly Server[];
  readonly #options: StreamOptions;
  /** What was said last of each server, so that it is said once. */
  readonly #said = new Map<Server, string>();
  readonly #thinned: ThinnedLog;
  readonly #wish: Wish;
  /** The filter is applied here: servers take none of its kind, or one did not understand it, as one of another version may. */
  #filtersHere: boolean;
  /** In a row. */
  #failures = 0;
  #connections = 0;
  /** When the connection began, by `performance.now()`. */
  #connectedMs = Infinity;

  constructor(servers: readonly Server[], options: StreamOptions) {
    this.#servers = servers;
    this.#options = options;
    const { filter = '', report } = options;
    this.#thinned = new ThinnedLog(report);
    this.#wish = new Wish(filter, undefined);
    this.#filtersHere = mustStayHere(filter);
  }

  async *read(): AsyncGenerator<Received, void, undefined> {
    const { signal, persistence = 'for-ever' } = this.#options;
    for (let turn = 0; !signal.aborted; turn++) {
      const server = this.#servers[turn % this.#servers.length]!;
      let saidFarewell = false;
      this.#connectedMs = Infinity;
      try {
        saidFarewell = yield* this.#readFrom(server);
      } catch (error) {
        if (signal.aborted) return;
        if (this.#mustFilterHere(error)) {
          turn -= 1;
          continue;
        }
        const isFinal = persistence === 'once' || (persistence === 'while-there' && this.#connections === 0);
        if (!(error instanceof InputError) || isFinal) throw error;
        this.#say(server, error.message);
      } finally {
        this.#thinned.close();
      }
      if (saidFarewell && persistence !== 'for-ever') return;
      if (performance.now() - this.#connectedMs >= STEADY_MS) this.#failures = 0;
      this.#failures += 1;
      if (this.#failures % this.#servers.length === 0) await this.#pause();
    }
  }

  /** Whether a server refused for the filter, so that it is asked again without. */
  #mustFilterHere(error: unknown): boolean {
    if (!(error instanceof RefusedError) || error.refusal !== 'filter' || this.#filtersHere) return false;
    this.#options.report(`${error.message.split('\n')[0]}; the filter is applied here`);
    this.#filtersHere = true;
    return true;
  }

  /** @returns true when the server said farewell */
  async *#readFrom(server: Server): AsyncGenerator<Received, boolean, undefined> {
    const { ledger, filter = '', name = '' } = this.#options;
    const have = name === '' ? [] : ledger.positions(POSITIONS_MAX);
    const asked = { filter: this.#filtersHere ? '' : filter, have };
    using connection = await Connection.open({ ...this.#options, ...server, ...asked });
    if (this.#said.has(server)) this.#say(server, `connected to ${connection.where}`);
    this.#connections += 1;
    this.#connectedMs = performance.now();
    if (connection.isForeign) return yield* this.#readForeign(server, connection);
    for await (const frame of connection.frames()) {
      this.#thinned.flush(performance.now());
      const decoded = this.#decode(frame);
      if ('problem' in decoded) {
        this.#tell('left out', `a frame of ${connection.where} left out: ${decoded.problem}`);
      } else if (isCut(decoded.batch))
        throw new InputError(`${connection.where} cut the connection: ${decoded.batch.note ?? ''}`); // prettier-ignore
      else if (isFarewell(decoded.batch)) {
        await connection.settle(SETTLE_MS);
        if (this.#options.persistence === undefined || this.#options.persistence === 'for-ever')
          this.#say(server, `${connection.where} said farewell: ${decoded.batch.note ?? ''}`);
        return true;
      } else {
        const fresh = isHeartbeat(decoded.batch) ? undefined : this.#fresh(decoded.batch, frame);
        if (fresh !== undefined) {
          const number = connection.give();
          yield { ...fresh, acknowledge: () => connection.acknowledge(number) };
          continue;
        }
      }
      connection.pass();
    }
    throw new InputError(`connection to ${connection.where} lost: the server went without a farewell`);
  }

  /** Nothing can be asked for again here, so nothing is acknowledged. @returns true when the server stopped in order */
  async *#readForeign(server: Server, connection: Connection): AsyncGenerator<Received, boolean, undefined> {
    let isStopped = false;
    for await (const batch of this.#options.foreign!.read(connection.chunks(), connection.where)) {
      isStopped = isStop(batch);
      const wanted = this.#wanted(batch);
      yield {
        batch: wanted,
        get bytes() {
          return encodeBatch(wanted);
        },
        acknowledge: () => undefined,
      };
    }
    if (!isStopped) throw new InputError(`connection to ${connection.where} lost: the server closed it`);
    this.#say(server, `${connection.where} stopped`);
    return true;
  }

  /** What the filter leaves of a batch, if only an empty one that says which numbers it is about. */
  #wanted(batch: Batch): Batch {
    const { origin, first, covers } = batch;
    return this.#wish.apply(batch) ?? emptyBatch(FLOW_BATCH, origin, first, first + covers);
  }

  /** Of flow records only what the taker looks at, as long as nothing is to be done with them here. */
  #decode(frame: Uint8Array): Decoded {
    const { looksAt } = this.#options;
    if (looksAt === undefined || this.#filtersHere) return decodeFrame(frame, { verified: true });
    const peek = { fields: looksAt, isWanted: ({ kind }: Batch) => kind !== FLOW_BATCH };
    return decodeFrame(frame, { verified: true, peek });
  }

  #whole(batch: Batch, bytes: Uint8Array): Batch {
    if (this.#options.looksAt === undefined) return batch;
    const decoded = decodeFrame(bytes, { verified: true });
    return 'problem' in decoded ? batch : decoded.batch;
  }

  /** What of a batch was not had before; reports what is missing. */
  #fresh(batch: Batch, bytes: Uint8Array): Pick<Received, 'batch' | 'bytes'> | undefined {
    const { ledger, takerReportsGaps = false } = this.#options;
    const { origin, first, covers } = batch;
    // It has no number by which doubles are known, and would go round for ever where servers read each other.
    if (isRunOver(batch) && !ledger.close(origin)) return undefined;
    if (isRunOver(batch)) {
      const end = ledger.endOf(origin);
      const after = end === undefined ? '' : ` after number ${end - 1}`;
      this.#tell(
        `over ${origin.source}`,
        `the run of probe ${origin.source} from ${startOf(origin.run)} ended${after} without farewell`,
      );
      return { batch, bytes };
    }
    if (covers === 0) return undefined;
    const { kind, from, missing } = ledger.take(batch);
    if (missing !== undefined) this.#tell(`missing ${origin.source}`, `records ${missing[0]} to ${missing[0] + missing[1] - 1} of probe ${origin.source} never came`); // prettier-ignore
    if (kind === 'double' || (isBefore(batch) && this.#connections === 1)) return undefined;
    if (batch.kind === GAP_BATCH && !takerReportsGaps) {
      this.#tell(`lost ${origin.source}`, `records ${from} to ${first + covers - 1} of probe ${origin.source} were lost on their way: ${batch.note ?? 'no reason given'}`); // prettier-ignore
    }
    const rest = kind === 'part' ? partFrom(this.#whole(batch, bytes), from) : batch;
    const wanted = this.#filtersHere ? this.#wanted(rest) : rest;
    return { batch: wanted, bytes: wanted === batch ? bytes : encodeBatch(wanted) };
  }

  /** Waits longer each time, and not as long as others do. */
  async #pause(): Promise<void> {
    const { retryMs: { min, max } = RETRY_MS, signal } = this.#options;
    const round = this.#failures / this.#servers.length;
    const longest = Math.min(max, min * 2 ** Math.min(round - 1, 30));
    await delay(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
  }

  /** Says what a server that is broken or hostile could say as often as it likes. */
  #tell(what: string, message: string): void {
    this.#thinned.say(what, message, performance.now());
  }

  #say(server: Server, message: string): void {
    if (this.#said.get(server) !== message) this.#options.report(message);
    this.#said.set(server, message);
  }
}

/** What a batch says of numbers from `from` on; as it is where that cannot be told apart. */
function partFrom(batch: Batch, from: number): Batch {
  const { kind, origin, first, covers, rows } = batch;
  if (rows === 0) return emptyBatch(kind, origin, from, first + covers, batch.note);
  if (kind !== FLOW_BATCH || rows !== covers) return batch;
  const rest = Uint32Array.from({ length: first + rows - from }, (_, row) => from - first + row);
  return { ...selectRows(batch, rest, rest.length), first: from, covers: rest.length };
}

function startOf(runUs: number): string {
  return new Date(runUs / 1000).toISOString();
}
