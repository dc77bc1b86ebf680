import type { Metrics } from '../../libs/daemon/metrics.ts';
import { serverMetrics } from '../../libs/daemon/server-metrics.ts';
import type { Relay } from './relay.ts';

/** The figures of a multiplexer. */
export function radiumMetrics(metrics: Metrics, relay: Relay): void {
  metrics.counter('panoptes_received_records_total', 'Records that came.', relay.records);
  metrics.counter('panoptes_received_bytes_total', 'Bytes of the frames that came.', relay.bytes);
  const { lastEndUs, serverStats } = relay;
  const lag = lastEndUs === undefined ? undefined : Date.now() / 1000 - lastEndUs / 1e6;
  metrics.gauge('panoptes_lag_seconds', 'How long ago the newest flow record ended that came.', lag);
  if (serverStats !== undefined) serverMetrics(metrics, serverStats);
  metrics.counter(
    'panoptes_dropped_records_total',
    'Records that readers or outputs missed, once for each.',
    relay.unwritten,
    { reason: 'output_failed' },
  );
}
