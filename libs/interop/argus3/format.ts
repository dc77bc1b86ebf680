/** Numbers of the binary format of Argus 3 and 5. All is big-endian unless said otherwise; lengths count 4-byte words. */

/** The record header: type and version, cause and option, length. */
export const RECORD_HEADER_BYTES = 4;
/** Length is a u16 of words. */
export const RECORD_BYTES_MAX = 0xffff * 4;

/** High nibble of a record's first byte; the low nibble is the version. */
export const RECORD_TYPE = { flow: 0x10, netflow: 0x30, event: 0x40, imported: 0x50 } as const;
/** The types are 1 to this one, versions and causes 0 to these. */
const TYPE_MAX = 8;
const VERSION_MAX = 5;
const CAUSE_MAX = 8;
/** `PANO`, with which frames of ours begin: as an imported record it would be of version 0, and 80 kB long. */
const OUR_FRAME = 0x50414e4f;

/** Whether a record may begin with these four bytes, or they are filler. What fails this is damage, behind which no length can be trusted. */
export function beginsRecord(head: number): boolean {
  const type = head >>> 28;
  const version = (head >>> 24) & 15;
  const cause = (head >>> 20) & 15;
  const isRecord = type > 0 && type <= TYPE_MAX && version <= VERSION_MAX && cause <= CAUSE_MAX;
  return isRecord ? head !== OUR_FRAME : head === 0;
}
/** This bit of the first byte marks management records. */
export const MANAGEMENT_BIT = 0x80;

/** The first record of a file or session is a management record of this size, with a cookie in it. */
export const MANAGEMENT_BYTES = 128;
export const COOKIE_AT = 8;
export const COOKIE_3 = 0xe5712dcb;
export const COOKIE_5 = 0xe57150cb;

/** High nibble of a record's second byte. */
export const CAUSE_BITS = {
  start: 0x10,
  status: 0x20,
  stop: 0x30,
  timeout: 0x40,
  flush: 0x50,
  shutdown: 0x60,
  closed: 0x70,
  error: 0x80,
} as const;

/** Types of the sections that flow records consist of. */
export const SECTION = {
  transport: 0x01,
  flow: 0x02,
  time: 0x03,
  flowHash: 0x07,
  metric: 0x10,
  packetSize: 0x12,
  encapsulation: 0x20,
  network: 0x30,
  asn: 0x32,
  icmp: 0x34,
  vlan: 0x40,
  gre: 0x41,
  mac: 0x42,
  vxlan: 0x43,
  mpls: 0x44,
  geneve: 0x45,
  jitter: 0x46,
  attributes: 0x48,
  data: 0x50,
  behavior: 0x54,
  score: 0x55,
  aggregate: 0x60,
  correlation: 0x62,
  country: 0x64,
  label: 0x66,
  geo: 0x68,
  local: 0x6a,
} as const;

/** Families of flow keys: low five bits of the key's qualifier. */
export const KEY_FAMILY = { ipv4: 1, ipv6: 2, ethernet: 3, arp: 4, rarp: 5, wlan: 8 } as const;
/** Forms of flow keys: low six bits of the key's subtype. */
export const KEY_FORM = { fiveTuple: 1, arp: 6 } as const;
/** Of the key's subtype: endpoints are stored in the opposite order. */
export const KEY_REVERSED = 0x40;
/** Of the key's qualifier: the probe already changed its mind about who began. */
export const KEY_DIRECTED = 0x20;
/** And it tells how many bits of the addresses are known. */
export const KEY_MASKS = 0x40;
export const KEY_FRAGMENT = 0x80;

/** Subtypes of the NETWORK section. */
export const NETWORK = {
  tcpInit: 0x03,
  tcpStatus: 0x04,
  tcpPerformance: 0x05,
  rtcp: 0x09,
  rtp: 0x0a,
  udt: 0x0d,
  arp: 0x10,
  icmp: 0x34,
  esp: 0x38,
  fragment: 0x45,
} as const;

/** Status bits of TCP. */
export const TCP_STATUS = {
  syn: 1 << 0,
  synAck: 1 << 1,
  established: 1 << 2,
  fin: 1 << 3,
  finAck: 1 << 4,
  normalClose: 1 << 5,
  closeWait: 1 << 6,
  sourceRetransmitted: 1 << 8,
  destinationRetransmitted: 1 << 9,
  sourceZeroWindow: 1 << 10,
  destinationZeroWindow: 1 << 11,
  sourceReset: 1 << 12,
  destinationReset: 1 << 13,
  sourceCongestion: 1 << 14,
  destinationCongestion: 1 << 15,
  sourceOutOfOrder: 1 << 16,
  destinationOutOfOrder: 1 << 17,
} as const;
