import { COOKIE_3, COOKIE_5, COOKIE_AT } from './format.ts';

/** Bytes of the beginning that tell the format. */
export const ARGUS3_START_BYTES = COOKIE_AT + 4;

/** Whether records of Argus 3 or 5 begin with these bytes, at least `ARGUS3_START_BYTES` of them. */
export function looksLikeArgus3(start: Uint8Array): boolean {
  if (start.length < ARGUS3_START_BYTES) return false;
  const cookie = new DataView(start.buffer, start.byteOffset).getUint32(COOKIE_AT);
  return cookie === COOKIE_3 || cookie === COOKIE_5;
}
