import type { Extent } from '../../libs/archive/reblock-file.ts';

/** What was done to the files of an archive, or would be, and which of them stay as they are. */
export class ArchiveAccount {
  readonly removed = { files: 0, bytes: 0 };
  readonly converted = { files: 0, before: 0, after: 0 };
  readonly joined = { files: 0, to: 0, before: 0, after: 0 };
  readonly rewritten = { files: 0, before: 0, after: 0 };
  /** Files by why they stay. */
  readonly kept = { known: 0, fresh: 0, waiting: 0, unfinished: 0, left: 0, foreign: 0 };
  readonly #isDry: boolean;

  constructor(isDry: boolean) {
    this.#isDry = isDry;
  }

  get summary(): string {
    const { removed, converted, joined, rewritten, kept } = this;
    const done = (words: string): string => (this.#isDry ? `would be ${words}` : words);
    const sizes = ({ before, after }: { before: number; after: number }): string =>
      this.#isDry ? `${before} bytes` : `${before} bytes before, ${after} now`;
    const parts = [
      `${removed.files} files ${done('removed')} (${removed.bytes} bytes)`,
      ...(converted.files > 0 ? [`${converted.files} ${done('converted')} (${sizes(converted)})`] : []),
      ...(joined.files > 0 ? [`${joined.files} ${done('joined')} to ${joined.to} (${sizes(joined)})`] : []),
      `${rewritten.files} ${done('rewritten')} (${sizes(rewritten)})`,
    ];
    const others: [count: number, what: string][] = [
      [kept.known, 'had been rewritten before'],
      [kept.fresh, 'too young'],
      [kept.waiting, 'whose time is not over'],
      [kept.unfinished, 'not known to be finished'],
      [kept.left, 'left as they are'],
      [kept.foreign, 'with other contents'],
    ];
    return [...parts, ...others.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)].join(', ');
  }
}

export function extentText({ bytes, frames }: Extent): string {
  return `${bytes} bytes in ${frames} frames`;
}
