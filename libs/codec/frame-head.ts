import { unpackEnvelope, type Envelope } from './envelope.ts';
import type { Header } from './format.ts';
import { placesOf, type Place } from './plan.ts';
import { FrameProblem } from './problem.ts';

/** What header and envelope of a frame say. */
export interface FrameHead {
  readonly header: Header;
  readonly envelope: Envelope;
  /** Where its columns lie, by field. */
  readonly places: ReadonlyMap<number, Place>;
}

/** A frame of a file of which only some columns were read, and tested; the others are not looked at. */
export interface FramePart {
  /** Header, envelope, and the columns that were read, where they lie in the frame; between them is anything. */
  readonly frame: Uint8Array;
  /** Knows no other columns than those that were read. */
  readonly head: FrameHead;
  /** Those that were wanted, and what `keepColumns` needs beside them. */
  readonly fields: ReadonlySet<number>;
  readonly bytesRead: number;
}

/**
 * @param envelope is looked at again when a column is asked for
 * @param bodyBytes of envelope and columns, unpacked
 * @throws FrameProblem
 */
export function readHead(header: Header, envelope: Uint8Array, bodyBytes: number): FrameHead {
  const said = unpackEnvelope(envelope);
  const { rows, envelopeBytes: start } = header;
  if (said.covers < rows) throw new FrameProblem('envelope: covers fewer records than there are');
  return { header, envelope: said, places: placesOf(said.columns, { rows, start, bodyBytes }) };
}
