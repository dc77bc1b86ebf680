/** The part of a terminal that is needed. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const COLUMNS_USUAL = 80;
const CLEAR = '\r\u001b[K';

/** One line at the bottom of a terminal that is written over and over, and taken away before anything else is written there. */
export class StatusLine {
  readonly #terminal: Terminal;
  #isShown = false;
  #isOver = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Does nothing where nobody looks at it. */
  show(text: string): void {
    const { isTTY, columns = 0 } = this.#terminal;
    if (isTTY !== true || this.#isOver) return;
    this.#isShown = true;
    // A terminal that does not know its own width says 0.
    this.#terminal.write(CLEAR + text.slice(0, (columns > 0 ? columns : COLUMNS_USUAL) - 1));
  }

  clear(): void {
    if (this.#isShown) this.#terminal.write(CLEAR);
    this.#isShown = false;
  }

  /** The terminal is needed for something else from here on. */
  end(): void {
    this.clear();
    this.#isOver = true;
  }
}
