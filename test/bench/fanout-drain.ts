import { connect, type Socket } from 'node:net';
import { decodeFrame } from '../../libs/codec/decode.ts';
import { FrameSplitter } from '../../libs/codec/split.ts';
import { FLOW_BATCH, MANAGEMENT_BATCH } from '../../libs/record/batch.ts';
import { GREETING_BYTES } from '../../libs/transport/greeting.ts';
import { answerOf, encodeHello } from '../../libs/transport/handshake.ts';
import { readMessage } from '../../libs/transport/message.ts';
import { EVERYTHING, type AskedFor } from './fanout-wishes.ts';

/*
 * The one process that has all readers of a multiplexer. It is told by its parent where to connect and what to ask for, and
 * tells how far all readers are, and at the end what they got.
 */

/** What the drain is asked to do. */
export interface DrainOrder {
  readonly protocol: 'panoptes' | 'argus';
  readonly port: number;
  readonly readers: readonly AskedFor[];
  /** So many more readers ask for everything, and never read. */
  readonly silent: number;
  /** Records that there are; each reader is done when it knows what became of all of them. */
  readonly records: number;
}

export type DrainReport =
  | { readonly kind: 'ready' }
  /** Every reader knows of so many records. */
  | { readonly kind: 'progress'; readonly records: number }
  | { readonly kind: 'done'; readonly readers: readonly ReaderReport[] }
  | { readonly kind: 'failed'; readonly reason: string };

export interface ReaderReport {
  readonly records: number;
  readonly bytes: number;
}

const HOST = '127.0.0.1';
const NOTHING: ReadonlySet<number> = new Set();

/** Reads what one multiplexer says to one reader, and complains about all that is not in order. */
interface Reading {
  /** Records that came. */
  readonly records: number;
  /** Records that came or are known to have been refused by the filter. */
  readonly known: number;
  /** The first message to send. */
  hello(asked: AskedFor): Uint8Array | string;
  /** @param bytes behind the greeting @returns whether the server has let the reader in */
  take(bytes: Buffer): boolean;
}

/** Frames with checksums, whose record numbers follow each other. */
class FrameReading implements Reading {
  records = 0;
  known = 0;
  readonly #splitter = new FrameSplitter();
  readonly #next = new Map<number, number>();
  #answer: Buffer | undefined = Buffer.alloc(0);

  hello({ filter, fields }: AskedFor): Uint8Array {
    return encodeHello({ version: 1, program: 'bench', filter, fields, name: '', have: [], token: '' });
  }

  take(bytes: Buffer): boolean {
    if (this.#answer === undefined) this.#takeFrames(bytes);
    else {
      this.#answer = Buffer.concat([this.#answer, bytes]);
      const verdict = readMessage(this.#answer);
      if (verdict.kind === 'incomplete') return false;
      const answer = verdict.kind === 'message' ? answerOf(verdict.content) : undefined;
      if (answer === undefined || !('ok' in answer) || !answer.ok)
        throw new Error(`refused: ${JSON.stringify(answer)}`);
      const rest = verdict.kind === 'message' ? this.#answer.subarray(verdict.end) : Buffer.alloc(0);
      this.#answer = undefined;
      this.#takeFrames(rest);
    }
    return true;
  }

  #takeFrames(bytes: Buffer): void {
    for (const frame of this.#splitter.push(bytes)) {
      const decoded = decodeFrame(frame, { fields: NOTHING, verified: true });
      if ('problem' in decoded) throw new Error(decoded.problem);
      const { kind, origin, first, covers, rows, note } = decoded.batch;
      if (kind === MANAGEMENT_BATCH || origin.source === '') continue;
      if (kind !== FLOW_BATCH) throw new Error(`a gap of ${covers} records: ${note ?? ''}`);
      const expected = this.#next.get(origin.run) ?? 0;
      if (first !== expected) throw new Error(`record ${first} where ${expected} should be`);
      this.#next.set(origin.run, first + covers);
      this.records += rows;
      this.known += covers;
    }
    if (this.#splitter.damage !== undefined) throw new Error(this.#splitter.damage.reason);
  }
}

/** Records of the Argus protocol, of which no more is known than their kinds and lengths. */
class ArgusReading implements Reading {
  records = 0;
  #held = Buffer.alloc(0);

  get known(): number {
    return this.records;
  }

  hello(): string {
    return 'START: ';
  }

  take(bytes: Buffer): boolean {
    const all = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    let at = 0;
    while (at + 4 <= all.length) {
      const length = 4 * all.readUInt16BE(at + 2);
      if (length < 4 || (all[at]! & 0x0f) !== 3) throw new Error('no record where one should be');
      if (at + length > all.length) break;
      if (all[at]! >> 4 === 1) this.records += 1;
      at += length;
    }
    this.#held = Buffer.from(all.subarray(at));
    return true;
  }
}

/** One reader on its socket. */
class DrainReader {
  readonly reading: Reading;
  readonly ready: Promise<void>;
  bytes = 0;
  readonly #socket: Socket;
  #greeting: Buffer | undefined = Buffer.alloc(0);
  #isReady: () => void = () => undefined;

  constructor({ protocol, port }: DrainOrder, asked: AskedFor, onProgress: () => void) {
    this.reading = protocol === 'argus' ? new ArgusReading() : new FrameReading();
    this.ready = new Promise((resolve) => (this.#isReady = resolve));
    this.#socket = connect({ host: HOST, port });
    this.#socket.on('error', fail);
    this.#socket.on('close', () => fail(new Error('the server closed the connection')));
    this.#socket.on('data', (bytes: Buffer) => {
      try {
        this.#take(bytes, asked);
      } catch (error) {
        fail(error);
      }
      onProgress();
    });
  }

  /** Reads no more. */
  stop(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.pause();
  }

  #take(bytes: Buffer, asked: AskedFor): void {
    this.bytes += bytes.length;
    let rest = bytes;
    if (this.#greeting !== undefined) {
      this.#greeting = Buffer.concat([this.#greeting, bytes]);
      if (this.#greeting.length < GREETING_BYTES) return;
      rest = this.#greeting.subarray(GREETING_BYTES);
      this.#greeting = undefined;
      this.#socket.write(this.reading.hello(asked));
      if (this.reading instanceof ArgusReading) this.#isReady();
    }
    if (rest.length > 0 && this.reading.take(rest)) this.#isReady();
  }
}

function tell(report: DrainReport): void {
  process.send?.(report);
}

function fail(error: unknown): void {
  tell({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
}

async function drain(order: DrainOrder): Promise<void> {
  const { readers: asked, silent, records } = order;
  let told = 0;
  const onProgress = (): void => {
    let least = records;
    for (const { reading } of readers) least = Math.min(least, reading.known);
    if (least === told) return;
    told = least;
    tell({ kind: 'progress', records: least });
    if (least < records) return;
    tell({ kind: 'done', readers: readers.map(({ reading, bytes }) => ({ records: reading.records, bytes })) });
  };
  const readers: DrainReader[] = [];
  const others: DrainReader[] = [];
  for (const [number, each] of [...asked, ...Array<AskedFor>(silent).fill(EVERYTHING)].entries()) {
    const isSilent = number >= asked.length;
    const reader = new DrainReader(order, each, isSilent ? () => undefined : onProgress);
    (isSilent ? others : readers).push(reader);
    // Servers bear with only so many at once that have not said what they want.
    await reader.ready;
  }
  for (const other of others) other.stop();
  tell({ kind: 'ready' });
}

process.once('message', (order: DrainOrder) => void drain(order));
