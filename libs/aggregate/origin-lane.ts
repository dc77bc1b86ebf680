import type { Batch, Origin } from '../record/batch.ts';
import { commonSource } from '../record/source.ts';
import { adopt, give, PAGE_MASK, u32Pages, type LaneMemory } from './pages.ts';
import type { Share } from './share.ts';

/** Stands for probes that differ. */
const MIXED_SOURCE = '';

/** Numbers of origins that there are then. */
const ONE_PROBE = 2;

export interface OriginMemory extends LaneMemory {
  /** By number. */
  readonly origins: readonly Origin[];
}

/**
 * The probe of each group: its source id, what they have in common of it where records of several became one; and the earliest of its runs.
 */
export class OriginLane {
  readonly groupBytes = 4;
  /** By number; 0 is none yet. */
  readonly #origins: Origin[] = [{ source: MIXED_SOURCE, run: 0 }];
  readonly #numbers = new Map<string, number>();
  readonly #origin = u32Pages();

  grow(room: number): void {
    this.#origin.grow(room);
  }

  /** @param areKnown whether the groups have records */
  take({ origin }: Batch, { groups, parts, runs }: Share, areKnown: boolean): void {
    const number = this.numberFor(origin);
    if (areKnown && this.#origins.length === ONE_PROBE) return;
    for (const { page, at } of runs ?? []) this.#add(this.#origin.pages[page]!, at, number);
    if (runs !== undefined) return;
    for (const { page, from, to } of parts) {
      const known = this.#origin.pages[page]!;
      for (let i = from; i < to; i++) this.#add(known, groups[i]! & PAGE_MASK, number);
    }
  }

  #add(known: Uint32Array, at: number, number: number): void {
    if (known[at] !== number) known[at] = known[at] === 0 ? number : this.#common(known[at]!, number);
  }

  /** The number of a probe. */
  numberFor(origin: Origin): number {
    const name = `${origin.run} ${origin.source}`;
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#origins.push(origin) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }

  #common(a: number, b: number): number {
    const [one, other] = [this.#origins[a]!, this.#origins[b]!];
    return this.numberFor({ source: commonSource(one.source, other.source), run: Math.min(one.run, other.run) });
  }

  merge(to: number, lane: OriginLane, from: number): void {
    const number = lane.#origin.get(from);
    const other = lane === this || number === 0 ? number : this.numberFor(lane.#origins[number]!);
    const known = this.#origin.get(to);
    if (other !== 0 && other !== known) this.#origin.set(to, known === 0 ? other : this.#common(known, other));
  }

  clear(group: number): void {
    this.#origin.set(group, 0);
  }

  give(): OriginMemory {
    return { ...give([this.#origin]), origins: this.#origins };
  }

  adopt(memory: OriginMemory): void {
    adopt([this.#origin], memory);
    for (const origin of memory.origins.slice(1)) this.numberFor(origin);
  }

  /** Groups of one origin have the same number. */
  numberOf(group: number): number {
    return this.#origin.get(group);
  }

  originOf(number: number): Origin {
    return this.#origins[number]!;
  }
}
