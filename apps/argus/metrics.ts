import type { Metrics } from '../../libs/daemon/metrics.ts';
import { serverMetrics } from '../../libs/daemon/server-metrics.ts';
import type { Counting } from './counting.ts';
import type { Outputs } from './outputs.ts';
import { countedProblems } from './problems.ts';
import type { ProbeTotals } from './probe.ts';

/** The figures of a probe: what its management records tell of each input, and those of its outputs. */
export async function argusMetrics(metrics: Metrics, countings: readonly Counting[], outputs: Outputs): Promise<void> {
  const totals = await Promise.all(countings.map((counting) => counting.totals()));
  countings.forEach((counting, i) => inputMetrics(metrics, counting, totals[i]!));
  const stats = outputs.serverStats;
  if (stats !== undefined) serverMetrics(metrics, stats);
  metrics.counter(
    'panoptes_dropped_records_total',
    'Records that readers or outputs missed, once for each.',
    outputs.lost,
    { reason: 'output_failed' },
  );
}

function inputMetrics(metrics: Metrics, { input, capture, records }: Counting, totals: ProbeTotals): void {
  const labels = { input, source: records.origin.source };
  const known = (value: number): number | undefined => (value < 0 ? undefined : value);
  metrics.gauge('panoptes_input_info', 'How packets of the input are had, as labels.', 1, { ...labels, capture });
  metrics.counter('panoptes_packets_total', 'Packets counted in flows.', totals.packets, labels);
  metrics.counter(
    'panoptes_packet_bytes_total',
    'Bytes of those packets as they were on the wire.',
    totals.bytes,
    labels,
  );
  metrics.counter(
    'panoptes_filtered_packets_total',
    'Packets that the capture filter left out.',
    totals.filtered,
    labels,
  );
  for (const [reason, packets] of [
    ['kernel', known(totals.droppedByKernel)],
    ['interface', known(totals.droppedByInterface)],
    ['probe', totals.droppedByUs],
  ] as const) {
    metrics.counter('panoptes_dropped_packets_total', 'Packets lost, by who had no room for them; absent where nobody knows.', packets, { ...labels, reason }); // prettier-ignore
  }
  for (const { name, packets } of countedProblems(totals.problems)) {
    metrics.counter('panoptes_bad_packets_total', 'Packets not decoded to the end, by what kept them from it.', packets, { ...labels, problem: name }); // prettier-ignore
  }
  metrics.gauge('panoptes_flows', 'Flows in the table now.', totals.flowsActive, labels);
  metrics.counter('panoptes_flows_opened_total', 'Flows begun.', totals.flowsOpened, labels);
  metrics.counter('panoptes_flows_evicted_total', 'Flows pushed out by newer ones.', totals.flowsEvicted, labels);
  metrics.counter('panoptes_records_total', 'Records made, management records included.', records.count, labels);
  if (totals.lastUs > 0) {
    metrics.gauge(
      'panoptes_last_packet_time_seconds',
      'Time of the last packet, since 1970.',
      totals.lastUs / 1e6,
      labels,
    );
  }
}
