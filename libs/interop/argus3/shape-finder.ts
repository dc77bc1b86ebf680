import { RECORD_HEADER_BYTES, SECTION } from './format.ts';
import { sectionBytes } from './read-sections.ts';
import { SECTION_TYPES, type SectionTable } from './sections.ts';
import { isOrdinary, planShape, protocolAt, type Shape } from './shape.ts';
import type { ShapeSection } from './shape-section.ts';

/** Shapes that are remembered. */
export const SHAPES_MAX = 1024;
const RECENT = 1024;
const KEY_AT = 16;
const TIME_AT = 36;

/** What records of one shape have in common. */
class Outline {
  /** Undefined where such records are to be read one by one. */
  readonly shape: Shape | undefined;
  /** Type and version of the record. */
  readonly #kind: number;
  /** Length up to the last section that is looked at, and whether no others follow. */
  readonly #bytes: number;
  readonly #isAll: boolean;
  /** Where the sections begin, and the heads of these. */
  readonly #ats: Int32Array;
  readonly #heads: Int32Array;
  /** Where the key tells the protocol, 0 where it does not. */
  readonly #protocolAt: number;
  readonly #protocol: number;

  constructor(view: DataView, at: number, { ats, bytes, isAll }: Sections, number: number, table: SectionTable) {
    this.#kind = view.getUint8(at);
    this.#bytes = bytes;
    this.#isAll = isAll;
    this.#ats = Int32Array.from(ats);
    this.#heads = this.#ats.map((from) => view.getInt32(at + from));
    const sections = Array.from(this.#heads, (head, i) => sectionOf(head, ats[i]!));
    const key = sections.findIndex(({ type }) => type === SECTION.flow);
    const inKey = key < 0 ? 0 : protocolAt(this.#heads[key]!);
    this.#protocolAt = inKey === 0 ? 0 : ats[key]! + inKey;
    this.#protocol = view.getUint8(at + this.#protocolAt);
    const protocol = this.#protocolAt === 0 ? -1 : this.#protocol;
    this.shape = planShape(sections, this.#kind & 0x0f, protocol, table, number);
  }

  /** Whether the record at `at` has this shape. */
  fits(view: DataView, at: number, bytes: number): boolean {
    if (bytes < this.#bytes || view.getUint8(at) !== this.#kind) return false;
    if (this.#isAll && bytes !== this.#bytes) return false;
    const ats = this.#ats;
    const heads = this.#heads;
    for (let i = 0; i < ats.length; i++) if (view.getInt32(at + ats[i]!) !== heads[i]) return false;
    return this.#protocolAt === 0 || view.getUint8(at + this.#protocolAt) === this.#protocol;
  }
}

/** Sections of a record, up to the last that is looked at. */
interface Sections {
  /** Where each begins, and how far they go, from the beginning of the record. */
  readonly ats: readonly number[];
  readonly bytes: number;
  /** Whether no others follow. */
  readonly isAll: boolean;
}

function sectionOf(head: number, at: number): ShapeSection {
  return {
    type: (head >>> 24) & 0x7f,
    subtype: (head >>> 16) & 0xff,
    qualifier: (head >>> 8) & 0xff,
    at,
    bytes: sectionBytes(head),
  };
}

/** Tells of records by the heads of their sections, hardly looking at the rest, whether and how many can be read at once. */
export class ShapeFinder {
  readonly #table: SectionTable;
  /** By a hash of what records of a shape have in common. */
  readonly #known = new Map<number, Outline>();
  /** Those that fitted last, by a hash of what is had at once. */
  readonly #recent = new Array<Outline | undefined>(RECENT).fill(undefined);
  /** By type: 1 of sections that are looked at, each at most once in a record that has a shape. */
  readonly #isLookedAt: Uint8Array;
  readonly #lookedAt: number;

  /**
   * @param table the sections of which something is wanted
   * @param countsAll whether it is to be known of all others that they are there
   */
  constructor(table: SectionTable, countsAll: boolean) {
    this.#table = table;
    // The section NETWORK tells which side is the initiator.
    this.#isLookedAt = Uint8Array.from(table, (decode, type) =>
      Number(decode !== undefined || type === SECTION.network),
    );
    this.#lookedAt = countsAll ? SECTION_TYPES : this.#isLookedAt.reduce((sum, one) => sum + one);
  }

  /** The shape of the flow record in `[at, end)`; undefined where it is to be read by itself. */
  find(view: DataView, at: number, end: number): Shape | undefined {
    const bytes = end - at;
    const place = placeOf(view, at, bytes);
    let outline = this.#recent[place];
    if (outline?.fits(view, at, bytes) !== true) {
      outline = this.#look(view, at, bytes);
      if (outline === undefined) return undefined;
      this.#recent[place] = outline;
    }
    const { shape } = outline;
    return shape !== undefined && isOrdinary(shape, view, at) ? shape : undefined;
  }

  /** Undefined where the sections are not whole, too much is known already, or another shape has the same hash. */
  #look(view: DataView, at: number, bytes: number): Outline | undefined {
    let hash = view.getUint8(at);
    let missing = this.#lookedAt;
    let offset = RECORD_HEADER_BYTES;
    while (offset < bytes && missing > 0) {
      const head = view.getInt32(at + offset);
      const next = offset + sectionBytes(head);
      if (next === offset || next > bytes) return undefined;
      const type = (head >>> 24) & 0x7f;
      missing -= this.#isLookedAt[type]!;
      hash = mix(hash, head);
      const inKey = type === SECTION.flow ? protocolAt(head) : 0;
      if (inKey !== 0) hash = mix(hash, view.getUint8(at + offset + inKey));
      offset = next;
    }
    const known = this.#known.get(hash);
    if (known !== undefined) return known.fits(view, at, bytes) ? known : undefined;
    if (this.#known.size === SHAPES_MAX) return undefined;
    const sections = { ats: sectionsOf(view, at, offset), bytes: offset, isAll: offset === bytes && missing > 0 };
    const outline = new Outline(view, at, sections, this.#known.size, this.#table);
    this.#known.set(hash, outline);
    return outline;
  }
}

/** Among the recent ones. The words are heads of sections, where a key of IPv4 is the second one. */
function placeOf(view: DataView, at: number, bytes: number): number {
  if (bytes < TIME_AT + 4) return 0;
  return Math.imul(bytes ^ view.getInt32(at + KEY_AT) ^ (view.getInt32(at + TIME_AT) << 8), 0x9e37_79b1) >>> 22;
}

/** @returns a small integer, which the engine keeps without an object */
function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e37_79b1);
  return (product ^ (product >>> 15)) & 0x3fff_ffff;
}

/** Where the sections before `bytes` begin, which are whole. */
function sectionsOf(view: DataView, at: number, bytes: number): number[] {
  const ats: number[] = [];
  for (let offset = RECORD_HEADER_BYTES; offset < bytes; offset += sectionBytes(view.getInt32(at + offset)))
    ats.push(offset);
  return ats;
}
