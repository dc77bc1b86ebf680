import type { ProgramRunner } from '../../libs/archive/program-runner.ts';
import type { ArchiveStats } from '../../libs/archive/stream-archive.ts';
import type { Metrics } from '../../libs/daemon/metrics.ts';

/** The figures of an archive that is kept from a stream. */
export function archiveMetrics(metrics: Metrics, stats: ArchiveStats, runner: ProgramRunner | undefined): void {
  const { records, bytes, doubles, late, lost, journalBytes, filesOpen, filesFinished, lagSeconds, isStuck } = stats;
  metrics.counter('panoptes_received_records_total', 'Records received.', records);
  metrics.counter('panoptes_received_bytes_total', 'Bytes of the frames received.', bytes);
  metrics.counter('panoptes_double_frames_total', 'Frames left out because they had come before.', doubles);
  metrics.counter('panoptes_late_records_total', 'Records that came too late for their file.', late);
  metrics.counter('panoptes_missed_records_total', 'Records that were lost on their way.', lost);
  metrics.gauge('panoptes_journal_bytes', 'Size of the journal.', journalBytes);
  metrics.gauge('panoptes_archive_open_files', 'Files that are being filled.', filesOpen);
  metrics.counter('panoptes_archive_files_total', 'Files finished.', filesFinished);
  metrics.gauge('panoptes_lag_seconds', 'Between the start of the newest record and now.', lagSeconds);
  metrics.gauge('panoptes_stuck', 'Whether the disk is full, or fails otherwise: 1 or 0.', isStuck ? 1 : 0);
  metrics.counter('panoptes_program_failures_total', 'Runs of the program that failed.', runner?.failures);
  metrics.gauge('panoptes_program_waiting_files', 'Files for which the program runs or is to run.', runner?.waiting);
}

export function statusLines(stats: ArchiveStats, runner: ProgramRunner | undefined): string[] {
  const { records, late, lost, doubles, journalBytes, filesOpen, filesFinished, lagSeconds } = stats;
  return [
    `${records} records, ${late} of them late; ${lost} lost on their way, ${doubles} frames came twice`,
    `${filesOpen} files open, ${filesFinished} finished; the journal has ${journalBytes} bytes`,
    ...(lagSeconds === undefined ? [] : [`the newest record began ${lagSeconds.toFixed(1)} seconds ago`]),
    ...(runner === undefined
      ? []
      : [`${runner.waiting} files wait for the program, which failed ${runner.failures} times`]),
  ];
}
