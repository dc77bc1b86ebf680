import { Area } from '../record/builder.ts';
import { TextColumn, type Column } from '../record/columns.ts';
import type { DeferredColumns } from '../record/deferred.ts';
import type { Interned } from './text-pieces.ts';
import { ABSENT, DISAGREED, PRESENT, validityOf, type Lane } from './lane.ts';
import { adopt, give, PAGE_MASK, PAGE_SHIFT, u32Pages, u8Pages, type LaneMemory } from './pages.ts';
import type { Share } from './share.ts';

/** A union of labels has at most this many characters; what goes beyond is left out, so that nobody can make it grow for ever. */
const UNION_CHARACTERS_MAX = 4096;

/** A text. Where records differ it is `same`, none, or `union`: all of their words, which stand apart by colons, in order. */
export class TextLane implements Lane {
  readonly groupBytes = 5;
  readonly #rule: 'same' | 'union';
  readonly #interned: Interned;
  readonly #numbers = u32Pages();
  readonly states = u8Pages();

  constructor(rule: 'same' | 'union', interned: Interned) {
    this.#rule = rule;
    this.#interned = interned;
  }

  grow(room: number): void {
    this.#numbers.grow(room);
    this.states.grow(room);
  }

  begin(column: Column, share: Share): void {
    this.take(column, share);
  }

  take(column: Column, share: Share): void {
    if (column.kind !== 'text') return;
    const { rows, groups, count } = share.present(column.valid);
    const numbers = column.dictionary.map((text) => this.#interned.number(text));
    for (let i = 0; i < count; i++) {
      this.#add(groups[i]!, numbers[column.index[rows[i]!]!] ?? 0);
    }
  }

  #add(group: number, number: number): void {
    const page = group >>> PAGE_SHIFT;
    const at = group & PAGE_MASK;
    const states = this.states.pages[page]!;
    const numbers = this.#numbers.pages[page]!;
    if (states[at] === ABSENT) {
      numbers[at] = number;
      states[at] = PRESENT;
    } else if (numbers[at] !== number) {
      if (this.#rule === 'same') states[at] = DISAGREED;
      else numbers[at] = this.#union(numbers[at]!, number);
    }
  }

  #union(a: number, b: number): number {
    const { texts } = this.#interned;
    const words = [...new Set([...texts[a]!.split(':'), ...texts[b]!.split(':')])].filter(Boolean).sort();
    let union = '';
    for (const word of words) {
      if (union.length + word.length >= UNION_CHARACTERS_MAX) break;
      union += union === '' ? word : `:${word}`;
    }
    return this.#interned.number(union);
  }

  wanted(_: Share, deferred: DeferredColumns, field: number): Column | undefined {
    return deferred.column(field);
  }

  merge(to: number, other: Lane, from: number): void {
    if (!(other instanceof TextLane)) return;
    const state = other.states.get(from);
    if (state === PRESENT) this.#add(to, other.#numbers.get(from));
    else if (state === DISAGREED) this.states.set(to, DISAGREED);
  }

  clear(group: number): void {
    this.states.set(group, ABSENT);
  }

  give(): LaneMemory {
    return give([this.#numbers, this.states]);
  }

  adopt(memory: LaneMemory, numbers: Uint32Array): void {
    adopt([this.#numbers, this.states], memory);
    for (const page of this.#numbers.pages) for (let at = 0; at < page.length; at++) page[at] = numbers[page[at]!]!;
  }

  bytesFor(groups: Uint32Array): number {
    return Area.aligned(groups.length * 2) + Area.aligned((groups.length + 7) >> 3);
  }

  column(groups: Uint32Array, area: Area): Column | undefined {
    const valid = validityOf(this.states.pages, groups, area);
    if (valid === 'none') return undefined;
    const index = area.u16(groups.length);
    const places = new Map<number, number>();
    for (let i = 0; i < groups.length; i++) {
      if (this.states.get(groups[i]!) !== PRESENT) continue;
      const number = this.#numbers.get(groups[i]!);
      const place = places.get(number) ?? places.size;
      places.set(number, place);
      index[i] = place;
    }
    return new TextColumn(index, [...places.keys()].map((number) => this.#interned.texts[number]!), valid); // prettier-ignore
  }
}
