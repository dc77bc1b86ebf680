const ALL = 0xffff_ffff;

/** Some rows of a batch under construction. Values for them go to columns together: see `NumberColumnBuilder.spread`. */
export class ChosenRows {
  /** Each once. */
  rows: Uint16Array = new Uint16Array(0);
  /** One bit for each row, from the lowest up; all that are set are in the words from `firstWord` to `endWord`, not included. */
  readonly bits: Uint32Array;
  firstWord = 0;
  endWord = 0;

  /** @param rows of a batch at most */
  constructor(rows: number) {
    this.bits = new Uint32Array((rows + 31) >> 5);
  }

  /** @param rows ascending, at least one */
  choose(rows: Uint16Array): void {
    const { bits } = this;
    const first = rows[0]!;
    const last = rows[rows.length - 1]!;
    bits.fill(0, this.firstWord, this.endWord);
    this.rows = rows;
    this.firstWord = first >> 5;
    this.endWord = (last >> 5) + 1;
    if (last - first === rows.length - 1) setBits(bits, first, last);
    else for (let i = 0; i < rows.length; i++) bits[rows[i]! >> 5]! |= 1 << (rows[i]! & 31);
  }
}

/** Sets those from `first` to `last`, where none is set. */
function setBits(bits: Uint32Array, first: number, last: number): void {
  bits.fill(ALL, first >> 5, (last >> 5) + 1);
  bits[first >> 5]! &= ALL << (first & 31);
  bits[last >> 5]! &= ALL >>> (31 - (last & 31));
}

// One loop for each type of array; one for all would be several times slower.

export function spreadDoubles(to: Float64Array, chosen: ChosenRows, values: Uint32Array | Float64Array): void {
  if (values instanceof Uint32Array) return widen(to, chosen, values);
  const { rows } = chosen;
  for (let i = 0; i < rows.length; i++) to[rows[i]!] = values[i]!;
}

function widen(to: Float64Array, { rows }: ChosenRows, values: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) to[rows[i]!] = values[i]!;
}

export function spreadWords(to: Uint32Array, { rows }: ChosenRows, values: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) to[rows[i]!] = values[i]!;
}

export function spreadShorts(to: Uint16Array, { rows }: ChosenRows, values: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) to[rows[i]!] = values[i]!;
}

export function spreadBytes(to: Uint8Array, { rows }: ChosenRows, values: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) to[rows[i]!] = values[i]!;
}
