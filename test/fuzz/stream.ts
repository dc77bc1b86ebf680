import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARGUS3_CLIENTS } from '../../libs/interop/argus3/serve.ts';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeBatch } from '../../libs/codec/encode.ts';
import { SuiteError } from '../../libs/core/errors.ts';
import { GAP_BATCH, emptyBatch, type Batch } from '../../libs/record/batch.ts';
import { CAUSE } from '../../libs/record/fields/field.ts';
import { OriginLedger } from '../../libs/record/ledger.ts';
import { managementBatch } from '../../libs/record/management.ts';
import { Random } from '../../libs/synthetic/random.ts';
import { cutBatch, farewellBatch, heartbeatBatch, runOverBatch } from '../../libs/transport/farewell.ts';
import { encodeGreeting } from '../../libs/transport/greeting.ts';
import { encodeAcknowledgement, encodeAnswer, encodeHello } from '../../libs/transport/handshake.ts';
import { recordStream } from '../../libs/transport/record-stream.ts';
import { RecordServer } from '../../libs/transport/server.ts';
import { flowBatch } from '../support/flow-batch.ts';
import { Bytes } from './bytes.ts';
import type { FuzzResult } from './packets.ts';

const HOST = '127.0.0.1';
const PROBLEMS_MAX = 20;
/** Whoever is fed has this long to be done with it, milliseconds; it takes a few. */
const PATIENCE_MS = 30_000;
/** Longer than the server waits for a hello, milliseconds. */
const ANSWER_MS = 50;
/** Every so many conversations one server begins anew, on files of before that were changed. */
const LIFE_RUNS = 25;
const ORIGIN = { source: '192.0.2.1', run: 1e15 };
const START = managementBatch(ORIGIN, 0, { cause: CAUSE.start, timeUs: 1e15, durationNs: 0, values: {} });
/** What clients of Argus 3 say. */
const ARGUS3_WORDS = ['START:\n', 'FILTER: man or (tcp and port 80)\n', 'FILTER: bytes gt 100\0', 'DONE:\n'];
const HELLO = { version: 1, program: 'fuzz', filter: '', fields: undefined, name: '', have: [], token: '' };

/**
 * Conversations of which one side is changed: what clients say to a server, what a server says to a client, and what a server
 * finds in its folder. A problem is a throw that is no failure to be expected, a side that does not come to an end, a reader
 * that is not let in afterwards, or places that stay taken.
 */
export async function fuzz(options: { seed: number; runs: number }): Promise<FuzzResult> {
  const random = new Random(options.seed);
  const problems: string[] = [];
  let runs = 0;
  while (runs < options.runs && problems.length < PROBLEMS_MAX) {
    const some = Math.min(LIFE_RUNS, options.runs - runs);
    const trouble = await oneLife(random, some).catch((error: unknown) => [`threw ${textOf(error)}`]);
    problems.push(...trouble);
    runs += some;
  }
  return { runs, problems };
}

/** A server from its start to its end, some conversations with it, and as many of a client with a server that is none. */
async function oneLife(random: Random, runs: number): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'panoptes-fuzz-'));
  const problems: string[] = [];
  try {
    leaveFiles(folder, new Bytes(random));
    const keep = { directory: folder, memoryBytesMax: 64 << 10, diskBytesMax: 256 << 10 };
    const server = new RecordServer({
      program: 'fuzz',
      source: '1',
      startUs: 1e15,
      helloMs: 30,
      keep,
      dialects: [ARGUS3_CLIENTS],
    });
    server.setStart(START);
    const [address] = await server.listen({ hosts: [HOST], port: 0 });
    let next = 1;
    for (let run = 0; run < runs; run++) {
      const batch = { ...flowBatch({ rows: random.between(1, 40), seed: run }), origin: ORIGIN, first: next };
      next += batch.covers;
      const said = new Bytes(random).mutated(clientWords(random));
      const conversation = run % 2 === 0 ? talkTo(address!.port, said, () => server.push(batch)) : listenTo(new Bytes(random).mutated(serverWords(random))); // prettier-ignore
      const trouble = await within(conversation);
      if (trouble !== '') problems.push(`${trouble}: ${Buffer.from(said.subarray(0, 400)).toString('hex')}`);
    }
    if ((await within(talkTo(address!.port, encodeHello(HELLO), () => undefined))) !== '') problems.push('nobody is let in any more'); // prettier-ignore
    problems.push(...(await ended(server)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return problems;
}

async function ended(server: RecordServer): Promise<string[]> {
  const { logBytes, spoolBytes } = server.stats;
  const trouble = await within(server.close(50).then(() => ''));
  const { readers } = server.stats;
  if (trouble !== '') return [`the end ${trouble}`];
  if (readers > 0) return [`${readers} readers remain`];
  return logBytes > 1 << 20 || spoolBytes > 1 << 20 ? [`${logBytes} bytes in memory, ${spoolBytes} on disk`] : [];
}

/** What a run before may have left, and what a disk may have made of it. */
function leaveFiles(folder: string, bytes: Bytes): void {
  mkdirSync(join(folder, 'spool'));
  const readers = [{ name: 'keeper', acked: 3, seenMs: Date.now() }, { name: 'other', acked: 7, seenMs: 0 }]; // prettier-ignore
  const frames = [0, 1, 2, 3].map((seed) => encodeBatch(flowBatch({ rows: 20, seed })));
  const files: readonly (readonly [name: string, content: Uint8Array])[] = [
    ['readers.json', Buffer.from(JSON.stringify(readers))],
    ['runs.json', Buffer.from(JSON.stringify([ORIGIN, { source: 'x', run: 5 }]))],
    ['spool/0000000000000003.records', Buffer.concat(frames)],
    ['spool/0000000000000007.records', Buffer.concat(frames.slice(2))],
  ];
  for (const [name, content] of files) {
    if (bytes.chance(8)) continue;
    writeFileSync(join(folder, name), bytes.chance(3) ? content : bytes.mutated(content));
  }
}

function clientWords(random: Random): Uint8Array {
  if (random.between(0, 4) === 0)
    return Buffer.from(ARGUS3_WORDS[random.between(0, ARGUS3_WORDS.length - 1)]!, 'latin1');
  const name = ['', 'keeper', 'other', 'new'][random.between(0, 3)]!;
  const filter = ['', 'tcp', 'udp and (port 53 or net 10.0.0.0/8)', 'bytes > 100'][random.between(0, 3)]!;
  const fields = random.between(0, 1) === 0 ? undefined : [1, 2, 3, random.between(1, 200)];
  const have = random.between(0, 1) === 0 ? [] : [{ origin: ORIGIN, end: random.between(0, 50) }];
  const hello = encodeHello({ ...HELLO, name, filter, fields, have });
  const acks = Array.from({ length: random.between(0, 3) }, (_, i) => encodeAcknowledgement(i));
  return Buffer.concat([hello, ...acks]);
}

function serverWords(random: Random): Uint8Array {
  const answer = encodeAnswer(
    random.between(0, 5) === 0 ? { ok: false, refusal: 'filter', reason: 'why not' } : { ok: true, program: 'fuzz' },
  );
  const batches: Batch[] = [
    START,
    { ...flowBatch({ rows: 5, seed: 1 }), origin: ORIGIN, first: 1 },
    heartbeatBatch(),
    { ...flowBatch({ rows: 9, seed: 2 }), origin: ORIGIN, first: 4 },
    emptyBatch(GAP_BATCH, ORIGIN, 20, 30, 'lost'),
    runOverBatch(ORIGIN),
    random.between(0, 1) === 0 ? farewellBatch('the end') : cutBatch('enough'),
  ];
  const greeting = encodeGreeting({ startUs: 1e15, nowUs: 1e15, source: '1' });
  return Buffer.concat([greeting, answer, ...batches.map((batch) => encodeBatch(batch))]);
}

/** Says something to a server while it has something to tell; resolves when it has closed, or with nothing more to hear. */
async function talkTo(port: number, said: Uint8Array, during: () => void): Promise<string> {
  const socket = connect({ host: HOST, port });
  const gone = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('data', resolve)); // the greeting
  socket.write(said);
  const answered = new Promise((resolve) => socket.once('data', resolve));
  await Promise.race([gone, answered, delay(ANSWER_MS)]); // who is let in as a client of Argus 3 is told nothing
  during();
  socket.resume();
  socket.end();
  await gone;
  return '';
}

/** Reads from a server that says `said` and closes. */
async function listenTo(said: Uint8Array): Promise<string> {
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.resume();
    socket.end(said);
  }).listen(0, HOST);
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const signal = new AbortController().signal;
  const times = { answerMs: 1000, silenceMs: 1000, persistence: 'once' } as const;
  const options = { ...times, program: 'fuzz', name: 'reader', report: () => undefined };
  const ledger = new OriginLedger();
  try {
    const source = { host: HOST, port };
    for await (const received of recordStream({ ...options, sources: [[source]], ledger, signal }))
      received.acknowledge();
  } catch (error) {
    if (!(error instanceof SuiteError)) return `threw ${textOf(error)}`;
  } finally {
    for (const socket of sockets) socket.destroy();
    listener.close();
    await once(listener, 'close');
  }
  return '';
}

async function within(work: Promise<string>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => (timer = setTimeout(() => resolve('does not end'), PATIENCE_MS)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
