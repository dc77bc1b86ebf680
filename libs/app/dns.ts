import { APP, APP_NAME_BYTES_MAX, type FoundApp } from './found-app.ts';

const HEADER_BYTES = 12;
const QUESTIONS = 4;
const LABEL_BYTES_MAX = 63;
const DOT = 0x2e;

/** A DNS message (RFC 1035 §4.1); the first question's name is the name. */
export function recogniseDns(view: DataView, offset: number, end: number, found: FoundApp): boolean {
  if (offset + HEADER_BYTES > end) return false;
  found.app = APP.dns;
  if (view.getUint16(offset + QUESTIONS) === 0) return true;
  let at = offset + HEADER_BYTES;
  let bytes = 0;
  while (at < end) {
    const length = view.getUint8(at);
    if (length === 0 || length > LABEL_BYTES_MAX || at + 1 + length > end) break;
    if (bytes > 0 && bytes < APP_NAME_BYTES_MAX) found.name[bytes++] = DOT;
    for (let i = 1; i <= length && bytes < APP_NAME_BYTES_MAX; i++) found.name[bytes++] = view.getUint8(at + i);
    at += 1 + length;
  }
  found.nameBytes = bytes;
  return true;
}
