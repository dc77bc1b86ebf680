/** What takes batches and may look at them for a while; in units of its own. */
export interface Borrower {
  /** Behind the batch that it was given last. */
  readonly pushed: number;
  /** What is before this is not looked at any more. */
  readonly settled: number;
}

interface Loan {
  readonly giveBack: () => void;
  /** Where each borrower must be. */
  readonly until: readonly number[];
}

/** Batches whose memory is wanted back, in the order in which all borrowers got them. */
export class Loans {
  readonly #borrowers: readonly Borrower[];
  readonly #loans: Loan[] = [];

  constructor(borrowers: readonly Borrower[]) {
    this.#borrowers = borrowers;
  }

  /** Of the batch that every borrower was given last. */
  add(giveBack: () => void): void {
    this.#loans.push({ giveBack, until: this.#borrowers.map(({ pushed }) => pushed) });
  }

  /** Gives back what nobody looks at any more. */
  settle(): void {
    const settled = this.#borrowers.map((borrower) => borrower.settled);
    for (let loan; (loan = this.#loans[0]) !== undefined;) {
      const { until } = loan;
      if (settled.some((position, i) => position < until[i]!)) return;
      this.#loans.shift();
      loan.giveBack();
    }
  }
}
