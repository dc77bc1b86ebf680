import type { ServerStats } from '../transport/server.ts';
import type { Metrics } from './metrics.ts';

/** The figures of a server of records. */
export function serverMetrics(metrics: Metrics, stats: ServerStats): void {
  metrics.gauge('panoptes_readers', 'Readers connected now.', stats.readers);
  metrics.counter('panoptes_readers_refused_total', 'Clients sent away.', stats.refused);
  metrics.gauge('panoptes_queued_records', 'Records that wait in memory for readers.', stats.queuedRecords);
  metrics.gauge('panoptes_queued_bytes', 'Bytes that wait in memory for readers.', stats.queuedBytes);
  metrics.counter(
    'panoptes_dropped_records_total',
    'Records that readers or outputs missed, once for each.',
    stats.dropped,
    { reason: 'reader_slow' },
  );
}
