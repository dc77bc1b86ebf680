import type { Capture } from './captures.ts';
import type { Outcome } from './compare.ts';
import { megabytes, millions, seconds, tableText, times } from './table.ts';

/** What is promised of a measured value, and whether it is kept. */
export interface Promised {
  readonly what: string;
  readonly value: string;
  readonly isKept: boolean;
}

/** The outcomes of one capture side by side; the last column says how often ours goes into the original's. */
export function outcomesText(capture: Capture, outcomes: readonly Outcome[]): string {
  const original = outcomes.find(({ suite }) => suite === 'argus');
  const ours = outcomes.find(({ suite }) => suite === 'panoptes');
  const rows: readonly [string, (outcome: Outcome) => string, ((outcome: Outcome) => number)?][] = [
    ['wall time', (o) => seconds(o.wallSeconds), (o) => o.wallSeconds],
    ['CPU time', (o) => seconds(o.cpuSeconds), (o) => o.cpuSeconds],
    ['packets/s', (o) => millions(o.packetsPerSecond), (o) => o.packetsPerSecond],
    ['packets/s of CPU', (o) => millions(capture.packets / o.cpuSeconds), (o) => 1 / o.cpuSeconds],
    ['peak memory', (o) => megabytes(o.peakBytes), (o) => o.peakBytes],
    ['file', (o) => megabytes(o.fileBytes), (o) => o.fileBytes],
    ['records', (o) => String(o.records), (o) => o.records],
    ['bytes a record', (o) => o.bytesPerRecord.toFixed(1), (o) => o.bytesPerRecord],
    ['packets in records', (o) => String(o.packets)],
    ['bytes in records', (o) => String(o.bytes)],
    ['every packet counted', (o) => (o.isComplete ? 'yes' : 'NO')],
  ];
  const heading = [capture.name, ...outcomes.map(({ suite }) => suite), ...(original === undefined ? [] : ['ratio'])];
  const lines = rows.map(([name, text, value]) => {
    const ratio =
      value === undefined || original === undefined || ours === undefined ? '' : times(value(ours) / value(original));
    return [name, ...outcomes.map(text), ratio];
  });
  const about = `${capture.packets} packets, ${capture.flows} flows, ${megabytes(capture.wireBytes)} on the wire`;
  return `${tableText(heading, lines)}\n(${about}; medians, memory the most of all runs)`;
}

export function promisesText(promises: readonly Promised[]): string {
  return promises.map(({ what, value, isKept }) => `${isKept ? 'kept  ' : 'MISSED'}  ${what}: ${value}`).join('\n');
}
