import { SCTP_STATE } from '../record/fields/field.ts';

/** Bits of `Headers.sctpChunks` (RFC 9260 §3.2) that drive the state of an association. */
export const SCTP_CHUNK = {
  data: 1 << 0,
  init: 1 << 1,
  initAck: 1 << 2,
  abort: 1 << 6,
  shutdown: 1 << 7,
  shutdownAck: 1 << 8,
  cookieEcho: 1 << 10,
  cookieAck: 1 << 11,
  shutdownComplete: 1 << 14,
} as const;

const ESTABLISHES = SCTP_CHUNK.data | SCTP_CHUNK.cookieEcho | SCTP_CHUNK.cookieAck;
const ANY_ABORT = SCTP_STATE.sourceAbort | SCTP_STATE.destinationAbort;

/**
 * The state of an association after a packet (RFC 9260 §4).
 * @param state `SCTP_STATE` bits
 * @param direction 0 from the initiator, 1 from the responder
 * @param chunks `Headers.sctpChunks`
 */
export function nextSctpState(state: number, direction: number, chunks: number): number {
  if ((chunks & SCTP_CHUNK.init) !== 0) state |= SCTP_STATE.init;
  if ((chunks & SCTP_CHUNK.initAck) !== 0) state |= SCTP_STATE.initAck;
  if ((chunks & ESTABLISHES) !== 0) state |= SCTP_STATE.established;
  if ((chunks & SCTP_CHUNK.shutdown) !== 0) state |= SCTP_STATE.shutdown;
  if ((chunks & SCTP_CHUNK.shutdownAck) !== 0) state |= SCTP_STATE.shutdownAck;
  if ((chunks & SCTP_CHUNK.shutdownComplete) !== 0) state |= SCTP_STATE.closed;
  if ((chunks & SCTP_CHUNK.abort) !== 0) state |= SCTP_STATE.sourceAbort << direction;
  return state;
}

/** Shut down to the end, or aborted. */
export function isSctpClosed(state: number): boolean {
  return (state & (SCTP_STATE.closed | ANY_ABORT)) !== 0;
}

/** Whether an INIT from side `direction` shows that the flow's directions are the wrong way round. */
export function initShowsReversed(state: number, direction: number): boolean {
  return direction === 1 && (state & (SCTP_STATE.init | SCTP_STATE.initAck)) === 0;
}
