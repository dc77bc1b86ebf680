import type { Refusal } from './handshake.ts';

/** How a server fares. */
export interface ServerStats {
  /** Readers connected now. */
  readonly readers: number;
  /** Named readers that something is kept for, connected or not. */
  readonly named: number;
  /** Clients sent away since the start. */
  readonly refused: number;
  readonly refusedBy: Readonly<Partial<Record<Refusal, number>>>;
  /** Readers cut since the start: stalled, rubbish, replaced by a connection of the same name. */
  readonly cut: number;
  /** Records and bytes that wait in memory, counted for each reader that they wait for. */
  readonly queuedRecords: number;
  readonly queuedBytes: number;
  /** Records that readers missed since the start because they did not keep up, counted once for every such reader. */
  readonly dropped: number;
  /** Of those, records that were given up before named readers had them, since there was no more room. */
  readonly givenUp: number;
  /** Records sent, counted for every reader. */
  readonly sent: number;
  /** Bytes of memory that all of them share, and bytes on disk that wait for named readers. */
  readonly logBytes: number;
  readonly spoolBytes: number;
  readonly lags: readonly ReaderLag[];
}

/** For how long a named reader has not acknowledged something that there is. */
export interface ReaderLag {
  readonly name: string;
  readonly connected: boolean;
  /** No more exact than `flushMs`. */
  readonly seconds: number;
}
