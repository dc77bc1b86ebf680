import { Area } from '../record/builder.ts';
import { BytesColumn, type Column } from '../record/columns.ts';
import type { DeferredColumns } from '../record/deferred.ts';
import { ABSENT, PRESENT, validityOf, type Lane } from './lane.ts';
import { adopt, f64Pages, give, u32Pages, u8Pages, type LaneMemory, type Pages } from './pages.ts';
import type { Share } from './share.ts';

const CHUNK_BYTES = 1 << 20;

/** Bytes: those of the earliest record that has any; of equally early ones the least. */
export class BytesLane implements Lane {
  readonly groupBytes = 21;
  /** Bytes that all values take. */
  bytes = 0;
  readonly #chunks: Uint8Array[] = [];
  /** Values that lie in each chunk and are still asked for; a chunk without any is let go. */
  readonly #alive: number[] = [];
  #chunkEnd = CHUNK_BYTES;
  readonly #chunk = u32Pages();
  readonly #start = u32Pages();
  readonly #length = u32Pages();
  readonly #times = f64Pages();
  readonly states = u8Pages();

  grow(room: number): void {
    for (const lane of this.#sets) lane.grow(room);
  }

  begin(column: Column, share: Share): void {
    this.take(column, share);
  }

  take(column: Column, share: Share): void {
    if (column.kind !== 'bytes') return;
    const { rows, groups, count, times } = share.present(column.valid);
    for (let i = 0; i < count; i++) this.#add(groups[i]!, column.get(rows[i]!), times.start[rows[i]!]!);
  }

  #add(group: number, value: Uint8Array, time: number): void {
    if (this.states.get(group) === PRESENT) {
      const known = this.#times.get(group);
      if (time > known || (time === known && Buffer.compare(value, this.#get(group)) >= 0)) return;
      this.#release(group);
    }
    if (this.#chunkEnd + value.length > (this.#chunks.at(-1)?.length ?? 0)) this.#addChunk(value.length);
    const chunk = this.#chunks.length - 1;
    this.#chunks[chunk]!.set(value, this.#chunkEnd);
    this.#alive[chunk]! += 1;
    this.#chunk.set(group, chunk);
    this.#start.set(group, this.#chunkEnd);
    this.#length.set(group, value.length);
    this.#times.set(group, time);
    this.states.set(group, PRESENT);
    this.#chunkEnd += value.length;
  }

  #addChunk(atLeast: number): void {
    const bytes = Math.max(CHUNK_BYTES, atLeast);
    this.#chunks.push(new Uint8Array(bytes));
    this.#alive.push(0);
    this.bytes += bytes;
    this.#chunkEnd = 0;
  }

  #release(group: number): void {
    const chunk = this.#chunk.get(group);
    if ((this.#alive[chunk]! -= 1) > 0 || chunk === this.#chunks.length - 1) return;
    this.bytes -= this.#chunks[chunk]!.length;
    this.#chunks[chunk] = new Uint8Array(0);
  }

  #get(group: number): Uint8Array {
    const start = this.#start.get(group);
    return this.#chunks[this.#chunk.get(group)]!.subarray(start, start + this.#length.get(group));
  }

  wanted(_: Share, deferred: DeferredColumns, field: number): Column | undefined {
    return deferred.column(field);
  }

  merge(to: number, other: Lane, from: number): void {
    if (other instanceof BytesLane && other.states.get(from) === PRESENT) this.#add(to, other.#get(from), other.#times.get(from)); // prettier-ignore
  }

  clear(group: number): void {
    if (this.states.get(group) === PRESENT) this.#release(group);
    this.states.set(group, ABSENT);
  }

  give(): LaneMemory {
    return { pages: [...give(this.#sets).pages, this.#chunks] };
  }

  adopt(memory: LaneMemory): void {
    adopt(this.#sets, memory);
    this.#chunks.push(...(memory.pages[this.#sets.length] as Uint8Array[]));
  }

  get #sets(): readonly [
    Pages<Uint32Array>,
    Pages<Uint32Array>,
    Pages<Uint32Array>,
    Pages<Float64Array>,
    Pages<Uint8Array>,
  ] {
    return [this.#chunk, this.#start, this.#length, this.#times, this.states];
  }

  bytesFor(groups: Uint32Array): number {
    let bytes = 0;
    for (const group of groups) if (this.states.get(group) === PRESENT) bytes += this.#length.get(group);
    return Area.aligned(bytes) + Area.aligned(groups.length * 4) + Area.aligned((groups.length + 7) >> 3);
  }

  column(groups: Uint32Array, area: Area): Column | undefined {
    const valid = validityOf(this.states.pages, groups, area);
    if (valid === 'none') return undefined;
    const ends = area.u32(groups.length);
    const values = Array.from(groups, (group) => (this.states.get(group) === PRESENT ? this.#get(group) : undefined));
    const blob = area.u8(values.reduce((sum, value) => sum + (value?.length ?? 0), 0));
    let end = 0;
    values.forEach((value, i) => {
      if (value !== undefined) blob.set(value, end);
      ends[i] = end += value?.length ?? 0;
    });
    return new BytesColumn(ends, blob, valid);
  }
}
