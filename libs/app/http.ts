import { APP, type FoundApp } from './found-app.ts';
import { find, lineEnd, octets, startsWith } from './octets.ts';

const METHODS = ['GET ', 'POST ', 'HEAD ', 'PUT ', 'OPTIONS ', 'DELETE ', 'CONNECT ', 'PATCH ', 'TRACE '].map(octets);
const RESPONSE = octets('HTTP/1.');
const VERSION = octets(' http/1.');
const HOST = octets('\r\nhost:');
const HEAD_BYTES_MAX = 4096;
const BLANK = 32;

/** A request or response of HTTP/1 (RFC 9112 §3, §4); the name is the Host field's (RFC 9110 §7.2). */
export function recogniseHttp(view: DataView, offset: number, end: number, found: FoundApp): boolean {
  if (startsWith(view, offset, end, RESPONSE)) {
    found.app = APP.http;
    return true;
  }
  if (!METHODS.some((method) => startsWith(view, offset, end, method))) return false;
  const limit = Math.min(end, offset + HEAD_BYTES_MAX);
  const requestEnd = lineEnd(view, offset, limit);
  if (requestEnd < end && find(view, offset, requestEnd, VERSION) < 0) return false;
  found.app = APP.http;
  takeHost(view, requestEnd, limit, found);
  return true;
}

/** Takes the value of the Host field, if its whole line is there. */
export function takeHost(view: DataView, offset: number, end: number, found: FoundApp): void {
  const at = find(view, offset, end, HOST);
  if (at < 0) return;
  let start = at + HOST.length;
  const stop = lineEnd(view, start, end);
  if (stop === end) return;
  while (start < stop && view.getUint8(start) === BLANK) start++;
  found.setName(view, start, stop);
}
