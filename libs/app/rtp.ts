/**
 * What RTP and RTCP look like (RFC 3550 §5.1, §6.4, §A.1). Neither has a mark of its own, so that a look is no proof: the
 * same source has to be seen again.
 */

const RTP_BYTES = 12;
const RTCP_BYTES = 8;
const VERSION_2 = 2;
/** Payload types of RTCP: RFC 3550 §12.1, RFC 4585 §6.1, RFC 3611 §2, RFC 8860. */
const RTCP_FIRST = 200;
const RTCP_LAST = 207;

/** Types that RFC 3551 §6 assigns, up to 34, and the dynamic ones. */
const PAYLOAD_TYPES_STATIC = 34;
const PAYLOAD_TYPES_DYNAMIC = 96;

/** Offsets in an RTP header: sequence number, source. */
export const RTP_SEQUENCE = 2;
export const RTP_SOURCE = 8;
/** Offset of the source in an RTCP header. */
export const RTCP_SOURCE = 4;

/** @param payloadBytes on the wire; what is captured may be less */
export function looksLikeRtp(view: DataView, offset: number, end: number, payloadBytes: number): boolean {
  if (offset + RTP_BYTES > end) return false;
  const first = view.getUint8(offset);
  if (first >> 6 !== VERSION_2) return false;
  const payloadType = view.getUint8(offset + 1) & 127;
  if (payloadType > PAYLOAD_TYPES_STATIC && payloadType < PAYLOAD_TYPES_DYNAMIC) return false;
  return payloadBytes >= RTP_BYTES + (first & 15) * 4;
}

/** The first packet of a compound, which has to fit. */
export function looksLikeRtcp(view: DataView, offset: number, end: number, payloadBytes: number): boolean {
  if (offset + RTCP_BYTES > end) return false;
  const type = view.getUint8(offset + 1);
  if (view.getUint8(offset) >> 6 !== VERSION_2 || type < RTCP_FIRST || type > RTCP_LAST) return false;
  const bytes = (view.getUint16(offset + 2) + 1) * 4;
  return bytes >= RTCP_BYTES && bytes <= payloadBytes;
}
