import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { SuiteError } from '../../libs/core/errors.ts';
import type { PacketSource } from '../../libs/capture/source.ts';
import type { Batch } from '../../libs/record/batch.ts';
import { BufferPool } from '../../libs/record/buffer-pool.ts';
import { newBuffer } from '../../libs/record/builder.ts';
import { toMessage, transferred } from '../../libs/record/transfer.ts';
import { Probe } from './probe.ts';
import { openCaptures, type Damage } from './sources.ts';
import type { ThreadCommand, ThreadInput, ThreadMessage, ThreadOrder } from './thread-messages.ts';

/** Batches on their way at once; beyond it the thread waits. */
const UNDER_WAY_MAX = 16;

/** Runs one probe in a thread of its own and hands its batches over. */
class ProbeThread {
  readonly #port: NonNullable<typeof parentPort>;
  readonly #input: ThreadInput;
  readonly #probe: Probe;
  readonly #buffers = new BufferPool(newBuffer);
  readonly #stop = new AbortController();
  readonly #damage: Damage[] = [];
  #underWay = 0;

  constructor(port: NonNullable<typeof parentPort>, { options, input }: ThreadOrder) {
    this.#port = port;
    this.#input = input;
    const emit = (batch: Batch): void => {
      this.#underWay += 1;
      this.#say({ batch: toMessage(batch) }, transferred(batch));
    };
    const linkUnknown = (linkType: number): void => this.#say({ linkUnknown: linkType });
    this.#probe = new Probe(options, emit, linkUnknown, (bytes) => this.#buffers.take(bytes));
    port.on('message', (command: ThreadCommand) => {
      if (command === 'stop') this.#stop.abort();
      else if (command === 'report') this.#say({ report: this.#probe.totals() });
      else if (command === 'taken') this.#underWay -= 1;
      else this.#buffers.give(command);
    });
  }

  async run(): Promise<void> {
    await this.#count(this.#input);
    this.#probe.flush();
    this.#say({ totals: this.#probe.totals(), damage: this.#damage });
  }

  async #count(input: ThreadInput): Promise<void> {
    if (input.kind === 'files') {
      this.#say('open');
      const captures = openCaptures(input.captures, this.#damage, process.stdin, this.#stop.signal);
      for await (const source of captures) await this.#read(source);
      return;
    }
    const { openLive } = await import('./live-sources.ts');
    const sources = await openLive(input, (event) => this.#say({ link: event }));
    this.#say('open');
    await Promise.all(sources.map((source) => this.#readLive(source)));
  }

  async #readLive(source: PacketSource): Promise<void> {
    try {
      await this.#read(source);
      if (source.damage !== null) this.#damage.push({ name: source.name, offset: -1, reason: source.damage.reason });
    } finally {
      await source.close();
    }
  }

  #read(source: PacketSource): Promise<void> {
    return this.#probe.read(source, this.#stop.signal, () => this.#ready());
  }

  async #ready(): Promise<void> {
    while (this.#underWay > UNDER_WAY_MAX) await once(this.#port, 'message');
  }

  #say(message: ThreadMessage, transfer: readonly ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}

async function run(port: NonNullable<typeof parentPort>): Promise<void> {
  try {
    await new ProbeThread(port, workerData as ThreadOrder).run();
  } catch (error) {
    if (!(error instanceof SuiteError)) throw error;
    const { message, hint, exitStatus } = error;
    port.postMessage({ failed: { message, hint, exitStatus } } satisfies ThreadMessage);
  }
  port.close();
}

if (parentPort === null) throw new Error('the probe thread is no program of its own');
void run(parentPort);
