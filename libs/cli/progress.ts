import { stat } from 'node:fs/promises';

/** Whoever waits longer than this is told why. */
const SILENT_MS = 2000;
const REFRESH_MS = 500;

/** Tells how far reading has come, where that takes long. */
export class Progress implements Disposable {
  readonly #show: (text: string) => void;
  readonly #totalBytes: number | undefined;
  readonly #startMs: number;
  readonly #nowMs: () => number;
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;
  #records = 0;

  /**
   * @param totalBytes undefined where nobody knows
   * @param nowMs of a clock that is never set
   */
  constructor(show: (text: string) => void, totalBytes: number | undefined, nowMs: () => number) {
    this.#show = show;
    this.#totalBytes = totalBytes;
    this.#nowMs = nowMs;
    this.#startMs = nowMs();
    this.#timer = setInterval(() => this.refresh(), REFRESH_MS);
    this.#timer.unref();
  }

  addBytes(bytes: number): void {
    this.#bytes += bytes;
  }

  addRecords(records: number): void {
    this.#records += records;
  }

  refresh(): void {
    const seconds = (this.#nowMs() - this.#startMs) / 1000;
    if (seconds * 1000 >= SILENT_MS) this.#show(this.#text(seconds));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#show('');
  }

  #text(seconds: number): string {
    const records = `${this.#records.toLocaleString('en')} records`;
    const total = this.#totalBytes;
    // What is packed has more bytes than its file.
    if (total === undefined || this.#bytes > total) return `read ${megabytes(this.#bytes)}, ${records}`;
    const part = total === 0 ? 1 : this.#bytes / total;
    const left = part < 0.05 ? '' : `, ${Math.ceil((seconds / part) * (1 - part))} s left`;
    return `read ${megabytes(this.#bytes)} of ${megabytes(total)} (${Math.floor(100 * part)} %), ${records}${left}`;
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

/** How large these files are together; undefined where one of them cannot tell. */
export async function bytesOf(files: readonly string[]): Promise<number | undefined> {
  let bytes = 0;
  for (const file of files) {
    const found = file === '-' ? undefined : await stat(file).catch(() => undefined);
    if (found?.isFile() !== true) return undefined;
    bytes += found.size;
  }
  return bytes;
}
