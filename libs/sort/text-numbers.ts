import type { TextColumn } from '../record/columns.ts';

/** Numbers texts from 1, so that those of several dictionaries can be compared. */
export class TextNumbers {
  readonly #texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  text(number: number): string {
    return this.#texts[number - 1] ?? '';
  }

  /** The number of the text of each row, 0 for none. */
  of(column: TextColumn, rows: number): Uint32Array {
    const own = column.dictionary.map((text) => this.#numberOf(text));
    const numbers = new Uint32Array(rows);
    for (let row = 0; row < rows; row++)
      if (column.has(row)) numbers[row] = own[column.index[row]!] ?? this.#numberOf(column.get(row));
    return numbers;
  }

  #numberOf(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#texts.push(text);
      this.#numbers.set(text, number);
    }
    return number;
  }
}
