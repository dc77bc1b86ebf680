import { REFUSALS } from '../transport/handshake.ts';
import type { ServerStats } from '../transport/server-stats.ts';
import type { Metrics } from './metrics.ts';

/** The figures of a server of records. */
export function serverMetrics(metrics: Metrics, stats: ServerStats): void {
  metrics.gauge('panoptes_readers', 'Readers connected now.', stats.readers);
  metrics.gauge('panoptes_named_readers', 'Named readers that records are kept for.', stats.named);
  for (const reason of REFUSALS) {
    const count = stats.refusedBy[reason] ?? 0;
    metrics.counter('panoptes_readers_refused_total', 'Clients sent away.', count, { reason });
  }
  metrics.counter('panoptes_readers_cut_total', 'Readers cut.', stats.cut);
  metrics.counter('panoptes_sent_records_total', 'Records sent, once for each reader.', stats.sent);
  metrics.gauge(
    'panoptes_queued_records',
    'Records that wait in memory for readers, once for each.',
    stats.queuedRecords,
  );
  metrics.gauge('panoptes_queued_bytes', 'Bytes that wait in memory for readers, once for each.', stats.queuedBytes);
  metrics.gauge('panoptes_log_bytes', 'Memory of the records that all readers share.', stats.logBytes);
  metrics.gauge('panoptes_spool_bytes', 'Bytes on disk that wait for named readers.', stats.spoolBytes);
  for (const [reason, count] of [
    ['reader_slow', stats.dropped - stats.givenUp],
    ['given_up', stats.givenUp],
  ] as const) {
    const help = 'Records that readers or outputs missed, once for each.';
    metrics.counter('panoptes_dropped_records_total', help, count, { reason });
  }
  for (const { name, connected, seconds } of stats.lags) {
    const labels = { reader: name };
    metrics.gauge('panoptes_reader_connected', 'Whether a named reader is there.', connected ? 1 : 0, labels);
    metrics.gauge('panoptes_reader_lag_seconds', 'Since when it has not acknowledged what there is.', seconds, labels);
  }
}
