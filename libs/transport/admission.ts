import type { Socket } from 'node:net';
import { encodeAnswer, helloOf, type Hello, type Refusal } from './handshake.ts';
import { readMessage } from './message.ts';

/** How long a client that was sent away may take to read why, milliseconds. */
const PARTING_MS = 1000;

/**
 * Waits until a client has said what it wants: then calls `accept`, or `reject` when it says nothing in time or something
 * else. Exactly one of the two is called, and none when the client goes first. Of what the client sends no more is kept
 * than one message.
 * @param helloMs milliseconds that the client may take
 * @param accept is given what came behind the hello, too; the socket is its to read on
 */
export function awaitHello(
  socket: Socket,
  helloMs: number,
  accept: (hello: Hello, rest: Uint8Array) => void,
  reject: (refusal: Refusal, reason: string) => void,
): void {
  let received = new Uint8Array(0);
  const finish = (): void => {
    clearTimeout(timer);
    socket.off('data', onData);
  };
  const fail = (refusal: Refusal, reason: string): void => {
    finish();
    reject(refusal, reason);
  };
  const onData = (chunk: Buffer): void => {
    received = Buffer.concat([received, chunk]);
    const verdict = readMessage(received);
    if (verdict.kind === 'incomplete') return;
    if (verdict.kind === 'bad') return fail('hello', verdict.problem);
    const hello = helloOf(verdict.content);
    if ('problem' in hello) return fail('hello', hello.problem);
    finish();
    accept(hello, received.subarray(verdict.end));
  };
  const timer = setTimeout(() => fail('silent', `no hello within ${helloMs} ms`), helloMs);
  socket.on('data', onData);
  socket.once('close', () => clearTimeout(timer));
}

/** Sends a client away with the reason, and cuts it when it does not go. */
export function sendAway(socket: Socket, refusal: Refusal, reason: string): void {
  socket.end(encodeAnswer({ ok: false, refusal, reason }));
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), PARTING_MS);
  socket.once('close', () => clearTimeout(timer));
}
