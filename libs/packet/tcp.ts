import type { Headers } from './headers.ts';
import { note, PROBLEM, stop } from './problems.ts';
import { readTcpOptions, TIMESTAMP_ALONE, TIMESTAMP_BYTES } from './tcp-options.ts';
import { TCP_OPTION } from './headers.ts';

const HEADER_BYTES_MIN = 20;
const PORT_BYTES = 4;

/** TCP (RFC 9293 §3.1). A segment cut after its ports still belongs to its connection. */
export function decodeTcp(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + HEADER_BYTES_MIN > end) return decodeCut(view, offset, end, headers);
  headers.hasPorts = true;
  headers.sourcePort = view.getUint16(offset);
  headers.destinationPort = view.getUint16(offset + 2);
  headers.tcpSequence = view.getInt32(offset + 4);
  headers.tcpAcknowledgement = view.getInt32(offset + 8);
  const lengthAndFlags = view.getUint16(offset + 12);
  headers.tcpFlags = lengthAndFlags & 255;
  headers.tcpWindow = view.getUint16(offset + 14);
  const body = offset + (lengthAndFlags >> 12) * 4;
  if (body === offset + HEADER_BYTES_MIN) return body;
  if (body < offset + HEADER_BYTES_MIN || body > headers.wireEnd) {
    note(headers, PROBLEM.tcpHeaderLength);
    return offset + HEADER_BYTES_MIN;
  }
  if (
    body === offset + TIMESTAMP_BYTES &&
    body <= end &&
    view.getInt32(offset + HEADER_BYTES_MIN) === TIMESTAMP_ALONE
  ) {
    headers.tcpOptions = TCP_OPTION.timestamp;
  } else {
    readTcpOptions(view, offset + HEADER_BYTES_MIN, body, Math.min(body, end), headers);
  }
  return body;
}

function decodeCut(view: DataView, offset: number, end: number, headers: Headers): number {
  if (offset + PORT_BYTES > end) return stop(headers, PROBLEM.tcpTruncated);
  note(headers, PROBLEM.tcpTruncated);
  headers.hasPorts = true;
  headers.sourcePort = view.getUint16(offset);
  headers.destinationPort = view.getUint16(offset + 2);
  return offset + HEADER_BYTES_MIN;
}
