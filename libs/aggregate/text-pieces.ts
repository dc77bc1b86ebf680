import type { Address } from '../record/fields/field.ts';
import type { Reader } from '../record/row.ts';
import { sided, type KeyPiece, type Side } from './key-piece.ts';

/** Numbers for texts, from 1; 0 is none. */
export class Interned {
  readonly texts: string[] = [''];
  readonly #numbers = new Map<string, number>();
  /** About what they take in memory. */
  bytes = 0;

  number(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.texts.length;
      this.#numbers.set(text, number);
      this.texts.push(text);
      this.bytes += 2 * text.length + ENTRY_BYTES;
    }
    return number;
  }
}

/** Of a text in a map and an array, beside its characters. */
const ENTRY_BYTES = 100;

/** Any field at all, by what it prints from. */
export function textPiece(read: Reader, interned: Interned, side?: Side): KeyPiece {
  return {
    bits: 32,
    interned: true,
    ...sided(side),
    fill(batch, rows, count, { words, from, step }) {
      for (let i = 0, at = from; i < count; i++, at += step) {
        const value = read(batch, rows[i]!);
        words[at] =
          value === undefined ? 0 : interned.number(typeof value === 'object' ? wordOf(value) : String(value));
      }
      return undefined;
    },
  };
}

function wordOf(value: Uint8Array | Address): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : `${value.family}:${value.lanes.join()}`;
}

/** The probe. */
export function sourcePiece(interned: Interned): KeyPiece {
  return {
    bits: 32,
    interned: true,
    fill: (batch) => interned.number(batch.origin.source),
  };
}
