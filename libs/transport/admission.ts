import type { Socket } from 'node:net';
import type { Dialect } from './dialect.ts';
import { encodeAnswer, helloOf, type Hello, type Refusal } from './handshake.ts';
import { readMessage } from './message.ts';
import { STREAM_VERSION } from './greeting.ts';

/** How long a client that was sent away may take to read why, milliseconds. */
const PARTING_MS = 1000;

/** A client that has said what it wants. */
export interface Caller {
  readonly hello: Hello;
  /** What came behind the hello; the socket is to be read on. */
  readonly rest: Uint8Array;
  /** What it speaks; undefined for our own language. */
  readonly dialect: Dialect | undefined;
}

/** @param farewell what the client is told */
type Reject = (refusal: Refusal, reason: string, farewell: Uint8Array) => void;

/** What is left of a client's waiting to be heard. */
interface Hearing {
  readonly socket: Socket;
  readonly accept: (caller: Caller) => void;
  readonly reject: Reject;
}

/**
 * Waits until a client has said what it wants: then calls `accept`, or `reject` when it says nothing in time or something
 * else. Exactly one of the two is called, and none when the client goes first. Of what the client sends no more is kept
 * than one message.
 * @param helloMs milliseconds that the client may take
 */
export function awaitHello(
  socket: Socket,
  helloMs: number,
  dialects: readonly Dialect[],
  accept: Hearing['accept'],
  reject: Reject,
): void {
  let hear = ours;
  const finish = (): void => {
    clearTimeout(timer);
    socket.off('data', onData);
  };
  const hearing: Hearing = {
    socket,
    accept: (caller) => {
      finish();
      accept(caller);
    },
    reject: (...reason) => {
      finish();
      reject(...reason);
    },
  };
  let received = new Uint8Array(0);
  let dialect: Dialect | undefined;
  const onData = (chunk: Buffer): void => {
    received = Buffer.concat([received, chunk]);
    if (hear === ours) {
      dialect = dialects.find((each) => each.begins(received) === true);
      if (dialect !== undefined) hear = theirs(dialect);
      else if (dialects.some((each) => each.begins(received) === undefined) && !isOurs(received)) return;
    }
    const isTaken = hear(received, hearing);
    if (isTaken) received = new Uint8Array(0);
  };
  const timer = setTimeout(() => {
    const reason = `no hello within ${helloMs} ms`;
    hearing.reject('silent', reason, dialect?.refusal('silent') ?? refusalOf('silent', reason));
  }, helloMs);
  socket.on('data', onData);
  socket.once('close', () => clearTimeout(timer));
}

/** @returns whether what was received is done with */
type Hear = (received: Uint8Array, hearing: Hearing) => boolean;

const isOurs = (received: Uint8Array): boolean => readMessage(received).kind !== 'bad';

const ours: Hear = (received, { accept, reject }) => {
  const fail = (reason: string): boolean => {
    reject('hello', reason, refusalOf('hello', reason));
    return true;
  };
  const verdict = readMessage(received);
  if (verdict.kind === 'incomplete') return false;
  if (verdict.kind === 'bad') return fail(verdict.problem);
  const hello = helloOf(verdict.content);
  if ('problem' in hello) return fail(hello.problem);
  accept({ hello, rest: received.subarray(verdict.end), dialect: undefined });
  return true;
};

/** Commands that a client of another suite may give before records come. */
const COMMANDS_MAX = 8;

/** Clients of another suite give commands until records may come. */
function theirs(dialect: Dialect): Hear {
  const nothing = new Uint8Array(0);
  let filter = '';
  let commands = 0;
  return (said, { socket, accept, reject }) => {
    commands += 1;
    if (commands > COMMANDS_MAX) {
      reject('hello', 'too many commands', dialect.refusal('hello'));
      return true;
    }
    const step = dialect.hear(said);
    if (step.kind === 'filter') {
      filter = step.filter;
      socket.write(step.answer);
    } else if (step.kind === 'begin') {
      const { major: version } = STREAM_VERSION;
      const hello = { version, program: dialect.name, filter, fields: undefined, name: '', have: [], token: '' };
      accept({ hello, rest: nothing, dialect });
    } else if (step.kind === 'leave') socket.end();
    else reject(step.refusal, step.reason, step.answer);
    return true;
  };
}

/** What a client of ours is told that is sent away. */
export function refusalOf(refusal: Refusal, reason: string): Uint8Array {
  return encodeAnswer({ ok: false, refusal, reason });
}

/** Sends a client away, and cuts it when it does not go. */
export function sendAway(socket: Socket, farewell: Uint8Array): void {
  socket.end(farewell);
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), PARTING_MS);
  socket.once('close', () => clearTimeout(timer));
}
