import { EVENT } from '../../record/fields/field.ts';
import { IP_PROTOCOL } from '../../record/fields/protocol.ts';
import { encodeTcp } from './encode-tcp.ts';
import { SIDED, SINGLE } from './flow-record.ts';
import { NETWORK, SECTION } from './format.ts';
import type { OutgoingRecord } from './outgoing-record.ts';
import { writeZeros } from './write-section.ts';

const FRAGMENT_WORDS = 14;
const FRAGMENTS_OVERLAP = 0x02;
const RTP_WORDS = 10;
const RTCP_WORDS = 6;
const ESP_WORDS = 5;
/** Status bits of ESP. */
const ESP_LOST = [0x10, 0x20] as const;
const UINT16_MAX = 0xffff;

/** The section NETWORK: what the protocol of the flow tells. */
export function encodeNetwork(record: OutgoingRecord, view: DataView, at: number): number {
  const { values } = record;
  const events = values[SINGLE.events]!;
  const protocol = values[SINGLE.protocol];
  if ((events & EVENT.laterFragmentsOnly) !== 0) return encodeFragment(record, view, at);
  if (protocol === IP_PROTOCOL.tcp && record.has(SINGLE.tcpState)) return encodeTcp(record, view, at);
  if (protocol === IP_PROTOCOL.esp && record.has(SIDED.lost)) return encodeEsp(record, view, at);
  if ((events & EVENT.rtp) !== 0) return encodeRtp(record, view, at);
  if (record.tellEvents(EVENT.rtcp) !== 0) return writeZeros(view, at, SECTION.network, NETWORK.rtcp, 0, RTCP_WORDS);
  if (record.has(SINGLE.tcpState)) record.losses.add('tcpstate');
  loseLost(record);
  return at;
}

function encodeFragment(record: OutgoingRecord, view: DataView, at: number): number {
  const overlaps = record.tellEvents(EVENT.fragmentOverlap | EVENT.fragments) & EVENT.fragmentOverlap;
  if (record.valueOr(SINGLE.tcpState, 0) !== 0) record.losses.add('tcpstate');
  loseLost(record);
  return writeZeros(view, at, SECTION.network, NETWORK.fragment, overlaps === 0 ? 0 : FRAGMENTS_OVERLAP, FRAGMENT_WORDS); // prettier-ignore
}

/** One number of lost packets, of one side. */
function encodeEsp(record: OutgoingRecord, view: DataView, at: number): number {
  const end = writeZeros(view, at, SECTION.network, NETWORK.esp, 0, ESP_WORDS);
  const lost = [record.valueOr(SIDED.lost, 0), record.valueOr(SIDED.lost + 1, 0)] as const;
  const side = lost[0] > 0 ? 0 : 1;
  view.setUint32(at + 4, lost[side] > 0 ? ESP_LOST[side] : 0);
  view.setUint32(at + 8, record.valueOr(SINGLE.spi, 0));
  view.setUint32(at + 16, lost[side]);
  if (side === 0 && lost[1] > 0) record.losses.add('dlost');
  return end;
}

/** Without the headers of the last packets, which we do not keep. */
function encodeRtp(record: OutgoingRecord, view: DataView, at: number): number {
  record.tellEvents(EVENT.rtp);
  const end = writeZeros(view, at, SECTION.network, NETWORK.rtp, 0, RTP_WORDS);
  for (const side of [0, 1] as const) {
    const lost = record.valueOr(SIDED.lost + side, 0);
    if (lost > UINT16_MAX) record.losses.add('lost packets over 16 bits');
    view.setUint16(at + 32 + side * 2, Math.min(lost, UINT16_MAX));
  }
  return end;
}

function loseLost(record: OutgoingRecord): void {
  if (record.valueOr(SIDED.lost, 0) > 0) record.losses.add('slost');
  if (record.valueOr(SIDED.lost + 1, 0) > 0) record.losses.add('dlost');
}
