import { formatIPv4, formatIPv6 } from '../../address/ip.ts';
import { SINGLE, type FlowRecord } from './flow-record.ts';

const HAS_SEQUENCE = 0x02;
/** Of the qualifier: the name of an interface follows the id (Argus 5). */
const WITH_INTERFACE = 0x10;
const INTERFACE_BYTES = 4;
export const SEQUENCE_BYTES = 4;

/** Kinds of source ids: the qualifier less `WITH_INTERFACE`. */
export const ID_KIND = { none: 0x00, ipv4: 0x01, ipv6: 0x02, integer: 0x20, text: 0x21, uuid: 0x22 } as const;

/** Whether a section TRANSPORT of this subtype and length ends with the number of the flow. */
export function hasSequence(subtype: number, bytes: number): boolean {
  return bytes >= 12 || (subtype & HAS_SEQUENCE) !== 0;
}

/** The section TRANSPORT: who made the record, and the number of its flow. */
export function decodeTransport(record: FlowRecord, view: DataView, at: number, end: number): void {
  const isNumbered = hasSequence(view.getUint8(at + 1), end - at);
  const idEnd = isNumbered ? end - SEQUENCE_BYTES : end;
  if (idEnd < at + 4) return;
  if (isNumbered) record.values[SINGLE.sequence] = view.getUint32(idEnd);
  record.sourceQualifier = view.getUint8(at + 2);
  record.sourceAt = at + 4;
  record.sourceBytes = idEnd - at - 4;
}

/** The source id as it prints: `192.0.2.1`, `17`, `abcd`, a UUID; with an interface `192.0.2.1/eth0`. */
export function sourceText(view: DataView, at: number, bytes: number, qualifier: number): string {
  const hasInterface = (qualifier & WITH_INTERFACE) !== 0 && bytes > INTERFACE_BYTES;
  const idBytes = hasInterface ? bytes - INTERFACE_BYTES : bytes;
  const id = idText(view, at, idBytes, qualifier & ~WITH_INTERFACE);
  return hasInterface ? `${id}/${characters(view, at + idBytes, INTERFACE_BYTES)}` : id;
}

export function idText(view: DataView, at: number, bytes: number, kind: number): string {
  if (kind === ID_KIND.ipv6 && bytes >= 16) {
    return formatIPv6(view.getUint32(at), view.getUint32(at + 4), view.getUint32(at + 8), view.getUint32(at + 12));
  }
  if (kind === ID_KIND.uuid && bytes >= 16) return uuidText(view, at);
  if (bytes < 4) return '';
  if (kind === ID_KIND.text) return characters(view, at, 4);
  return kind === ID_KIND.integer ? String(view.getUint32(at)) : formatIPv4(view.getUint32(at));
}

function uuidText(view: DataView, at: number): string {
  let hex = '';
  for (let i = 0; i < 16; i++)
    hex += view
      .getUint8(at + i)
      .toString(16)
      .padStart(2, '0');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Printable ASCII up to the first zero; anything else becomes a dot. */
export function characters(view: DataView, at: number, bytes: number): string {
  let text = '';
  for (let i = 0; i < bytes; i++) {
    const code = view.getUint8(at + i);
    if (code === 0) break;
    text += code > 0x20 && code < 0x7f ? String.fromCharCode(code) : '.';
  }
  return text;
}
