import { emptyBatch, FLOW_BATCH, GAP_BATCH, type Batch, type Origin } from '../record/batch.ts';

/** Frames of this origin are about the connection itself, and cover no records. */
const CONNECTION: Origin = { source: '', run: 0 };
/** Record number that tells a cut from a farewell. */
const CUT = 1;

/** The last frame of a stream whose server ends. A stream that stops without it was cut. */
export function farewellBatch(reason: string): Batch {
  return emptyBatch(GAP_BATCH, CONNECTION, 0, 0, reason);
}

/** The last frame of a stream whose server goes on without this reader, with the reason. */
export function cutBatch(reason: string): Batch {
  return emptyBatch(GAP_BATCH, CONNECTION, CUT, CUT, reason);
}

export function isCut(batch: Batch): boolean {
  return isFarewell(batch) && batch.first === CUT;
}

export function isFarewell({ kind, origin }: Batch): boolean {
  return kind === GAP_BATCH && origin.source === CONNECTION.source && origin.run === CONNECTION.run;
}

/** Sent when there is nothing else to send: the server is there. */
export function heartbeatBatch(): Batch {
  return emptyBatch(FLOW_BATCH, CONNECTION, 0, 0);
}

export function isHeartbeat({ kind, origin }: Batch): boolean {
  return kind === FLOW_BATCH && origin.source === CONNECTION.source && origin.run === CONNECTION.run;
}

const BEFORE = 'before this reader came';

/** Tells an anonymous reader that it comes in the middle of a run: of this origin, it gets nothing below record `end`. */
export function beforeBatch(origin: Origin, end: number): Batch {
  return emptyBatch(GAP_BATCH, origin, 1, end, BEFORE);
}

export function isBefore({ kind, note }: Batch): boolean {
  return kind === GAP_BATCH && note === BEFORE;
}

/** Says that no more records of this origin come, though it did not say farewell: it was killed. */
export function runOverBatch(origin: Origin): Batch {
  return emptyBatch(GAP_BATCH, origin, 0, 0, 'the run ended without farewell');
}

export function isRunOver(batch: Batch): boolean {
  return batch.kind === GAP_BATCH && batch.covers === 0 && !isFarewell(batch);
}
