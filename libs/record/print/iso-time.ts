import type { Field, FieldName } from '../fields/table.ts';
import type { Cell } from './cell.ts';
import type { TextBuffer } from './text-buffer.ts';
import { timeCellWith, type WriteTime } from './time-cell.ts';

const CACHE_SECONDS = 256;
/** Years that ISO 8601 writes with four digits: 0000 to 9999. */
const SECONDS_MIN = -62_167_219_200;
const SECONDS_MAX = 253_402_300_799;

/** `2023-11-14T22:13:20.020000Z`, with nine digits where the nanoseconds are known. */
function isoTimeWriter(): WriteTime {
  const seconds = new Float64Array(CACHE_SECONDS).fill(NaN);
  const texts: string[] = Array.from({ length: CACHE_SECONDS }, () => '');
  return (out: TextBuffer, us: number, ns: number) => {
    const second = Math.floor(us / 1e6);
    if (!(second >= SECONDS_MIN && second <= SECONDS_MAX)) return;
    const slot = ((second % CACHE_SECONDS) + CACHE_SECONDS) % CACHE_SECONDS;
    if (seconds[slot] !== second) {
      texts[slot] = new Date(second * 1000).toISOString().slice(0, -'000Z'.length);
      seconds[slot] = second;
    }
    out.ascii(texts[slot]!);
    out.padded(Math.floor(us - second * 1e6), 6);
    if (ns > 0) out.padded(ns, 3);
    out.byte(0x5a);
  };
}

/** A cell that writes a field's time in ISO 8601, UTC. */
export function isoTimeCell(name: FieldName, field: Field): Cell {
  return timeCellWith({ name, field }, isoTimeWriter());
}
