import { FIELD_NUMBERS_MAX, NOTE_CHARACTERS_MAX, type Batch } from '../record/batch.ts';
import { checksumsIn, ELEMENTS_BEFORE, ELEMENTS_WITH } from './column-checksums.ts';
import { isCount, storedBytes, type Entry, type Listed } from './directory.ts';
import { OWN_BITMAP, SHARED_BITMAP } from './format.ts';
import { packMessage, unpackMessage } from './msgpack.ts';
import { FrameProblem } from './problem.ts';
import { skimEnvelope, skimList, type SkimmedEnvelope } from './skim.ts';
import { zoneEnd } from './zones.ts';

/** What a frame says of its records. */
export interface Envelope extends SkimmedEnvelope {
  readonly note: string;
}

/** What frames in files say besides. */
export interface FileNotes {
  /** Of a `ChecksumWriter`. */
  readonly checksums: Uint8Array;
  /** Of `encodeZones`. */
  readonly zones: Uint8Array;
}

/** Longest source id in UTF-16 units; well above what a probe may be called. */
const SOURCE_MAX = 256;

type Numbered = Pick<Batch, 'origin' | 'first' | 'covers' | 'note'>;

/**
 * @param entries of this version and, as they came, of later ones
 */
export function packEnvelope(
  { origin, first, covers, note }: Numbered,
  entries: readonly unknown[],
  inFile?: FileNotes,
): Uint8Array {
  const envelope: unknown[] = [origin.source, origin.run, first, covers, entries];
  if (inFile !== undefined) envelope.push(note ?? '', inFile.checksums, inFile.zones, zoneEnd(inFile.zones));
  else if (note !== undefined) envelope.push(note);
  return packMessage(envelope);
}

/** @throws FrameProblem */
export function unpackEnvelope(bytes: Uint8Array): Envelope {
  const skimmed = skimEnvelope(bytes, entryIn);
  return skimmed === undefined ? unpackWhole(bytes) : { ...skimmed, note: '' };
}

function entryIn(bytes: Uint8Array): Entry {
  const skimmed = skimList(bytes);
  if (skimmed !== undefined) return checkEntry(skimmed);
  const unpacked = unpackMessage(bytes);
  if ('problem' in unpacked) throw new FrameProblem(`directory: ${unpacked.problem}`);
  return checkEntry(unpacked.value);
}

function unpackWhole(bytes: Uint8Array): Envelope {
  const unpacked = unpackMessage(bytes);
  if ('problem' in unpacked) throw new FrameProblem(`envelope: ${unpacked.problem}`);
  if (!Array.isArray(unpacked.value)) throw new FrameProblem('envelope: not a list');
  const elements = unpacked.value as unknown[];
  const [source, run, first, covers, entries, note] = elements;
  if (typeof source !== 'string' || source.length > SOURCE_MAX) throw new FrameProblem('envelope: source');
  if (!isCount(run)) throw new FrameProblem('envelope: run');
  if (!isCount(first) || !isCount(covers) || !isCount(first + covers))
    throw new FrameProblem('envelope: record numbers');
  if (!Array.isArray(entries) || entries.length > FIELD_NUMBERS_MAX) throw new FrameProblem('envelope: directory');
  const columns = entries.map(checkEntry).map(listed);
  const said = elements.length < ELEMENTS_WITH ? undefined : elements[ELEMENTS_BEFORE];
  const checksums = checksumsIn(said, columns.length);
  return { origin: { source, run }, first, covers, columns, note: noteOf(note), checksums };
}

function listed(entry: Entry): Listed {
  const [field, code] = entry;
  const like = entry[(code & (OWN_BITMAP | SHARED_BITMAP)) === 0 ? 3 : 4];
  return { field, code, stored: storedBytes(entry), value: entry[3], like, entry: () => entry };
}

/** What a later version has in its place is passed over. */
function noteOf(value: unknown): string {
  return typeof value === 'string' && value.length <= NOTE_CHARACTERS_MAX ? value : '';
}

function checkEntry(value: unknown): Entry {
  if (!Array.isArray(value)) throw new FrameProblem('directory: entry is not a list');
  const [field, kind, lengths] = value as unknown[];
  if (!isCount(field) || !isCount(kind)) throw new FrameProblem('directory: field or kind');
  if (!Array.isArray(lengths) || !lengths.every(isCount)) throw new FrameProblem('directory: lengths');
  return value as unknown as Entry;
}
