import { version } from '../cli/version.ts';
import { residentBytes } from '../core/memory.ts';
import type { Metrics } from './metrics.ts';

/** What can be said of any program: which it is, its age, its memory, its time on processors. */
export function processMetrics(metrics: Metrics, program: string): void {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const named = { program, version: version(), node: process.versions.node };
  metrics.gauge('panoptes_build_info', 'Program and versions, as labels.', 1, named);
  metrics.gauge(
    'panoptes_start_time_seconds',
    'When the process began, since 1970.',
    Math.round(performance.timeOrigin) / 1000,
  );
  metrics.gauge('panoptes_resident_memory_bytes', 'Memory of the process, all threads.', residentBytes());
  metrics.counter(
    'panoptes_cpu_seconds_total',
    'Processor time of the process, all threads.',
    (userCPUTime + systemCPUTime) / 1e6,
  );
}
