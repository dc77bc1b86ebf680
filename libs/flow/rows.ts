/**
 * The hot rows of the flow table: one ArrayBuffer, `ROW_BYTES` a flow, seen through views of each width. Three cache
 * lines: key and links, times and counters, attributes. What only some flows need lies in slabs (`slab.ts`) that the row
 * points to with slab row + 1; 0 is none.
 *
 * An offset is in units of the view that its name starts with: word `W_X` of row `r` is `u32[r * ROW_WORDS + W_X]`.
 */
export const ROW_BYTES = 192;
export const ROW_WORDS = ROW_BYTES / 4;
export const ROW_DOUBLES = ROW_BYTES / 8;
export const ROW_HALVES = ROW_BYTES / 2;

// First line: the key as `FlowKey` makes it, then links of row + 1.
export const W_A0 = 0;
export const W_B0 = 4;
export const W_PORTS = 8;
export const W_EXTRA = 9;
export const W_HASH = 10;
/** Bits of `ROW` below. */
export const W_FLAGS = 11;
export const W_IDLE_NEXT = 14;
export const W_IDLE_PREVIOUS = 15;

// Second line: the record under construction, and all else that a plain packet needs.
/** First packet, microseconds since the epoch. */
export const F_START = 8;
/** Last packet minus first, nanoseconds. */
export const F_DURATION = 9;
/** Last packet of the flow, microseconds since the epoch; outlives the record. */
export const F_LAST = 10;
/** Counters of the initiator; the responder's are one further. */
export const F_BYTES = 11;
export const W_PACKETS = 26;
/** `ttl << 24 | tos << 16 | IPv4 identification` of the initiator's last packet; the responder's one further. */
export const W_ATTRIBUTES = 28;
/** Row of the protocol's own slab: TCP, the sequence numbers of ESP, or what looks like RTP. */
export const W_TRANSPORT = 30;
export const H_START_NS = 62;

// Third line.
export const F_FLOW_ID = 16;
/** Payload bytes of the initiator; the responder's one further. */
export const F_APP_BYTES = 17;
/** Encapsulation bits of the initiator's packets; the responder's one further. */
export const W_ENCAPSULATIONS = 38;
/** `EVENT` bits of the record. */
export const W_EVENTS = 40;
export const W_LINK = 41;
export const W_OPTIONAL = 42;
export const W_ICMP_ERROR = 43;
/** The flow's row, of a row that only remembers where a datagram's fragments belong; its flow id is in `F_FLOW_ID`. */
export const W_PARENT = 44;
export const H_ETHER_TYPE = 90;
export const H_TIMER_SLOT = 91;
export const H_IDLE_BUCKET = 92;
export const B_IP_OPTIONS = 186;
/** `SCTP_STATE` bits. */
export const B_SCTP_STATE = 187;
/** What has come of a fragmented datagram, of a row with its key. */
export const W_FRAGMENTS = 47;

/** Bits of `W_FLAGS`. */
export const ROW = {
  /** The initiator is the key's second address. */
  initiatorIsB: 1 << 0,
  /** A record of this flow was written before. */
  reported: 1 << 1,
  /** TCP close or reset was seen; its record is due at the next tick. */
  closeDue: 1 << 2,
  /** The close was reported; the row stays for late packets. */
  lingers: 1 << 3,
  /** The row remembers where a datagram's fragments belong, and has no packets of its own. */
  alias: 1 << 4,
  /** Only the answer of an exchange was seen so far, not the request. */
  answersOnly: 1 << 5,
  /** The flow's last packet came from the responder. */
  lastFromResponder: 1 << 6,
  /** Of a row that remembers fragments: they come from the flow's responder. */
  fragmentsFromResponder: 1 << 7,
  /** `W_ENCAPSULATIONS` of the initiator has plain Ethernet; the responder's bit is one further. */
  ethernetSeen: 1 << 8,
  /** The initiator's VLAN tags were noted; the responder's bit is one further. */
  tagsNoted: 1 << 10,
} as const;

/**
 * Where a cache line begins in a large buffer: the C library of Linux puts them 16 bytes behind the start of a page.
 * Elsewhere rows merely lie across lines.
 */
export const LINE_START = 48;

export class FlowRows {
  readonly capacity: number;
  readonly f64: Float64Array;
  readonly u32: Uint32Array;
  /** The same words signed, for comparing with `Headers`. */
  readonly i32: Int32Array;
  readonly u16: Uint16Array;
  readonly u8: Uint8Array;
  readonly #free: Uint32Array;
  #freeCount = 0;
  #used = 0;

  /** @param capacity most flows at once; memory is touched, and so taken, only as rows are used */
  constructor(capacity: number) {
    const buffer = new ArrayBuffer(LINE_START + capacity * ROW_BYTES);
    this.capacity = capacity;
    this.f64 = new Float64Array(buffer, LINE_START);
    this.u32 = new Uint32Array(buffer, LINE_START);
    this.i32 = new Int32Array(buffer, LINE_START);
    this.u16 = new Uint16Array(buffer, LINE_START);
    this.u8 = new Uint8Array(buffer, LINE_START);
    this.#free = new Uint32Array(capacity);
  }

  /** Rows in use. */
  get count(): number {
    return this.#used - this.#freeCount;
  }

  /** A zeroed row, or -1 when all are in use. */
  take(): number {
    if (this.#freeCount > 0) {
      const row = this.#free[--this.#freeCount]!;
      const { f64 } = this;
      const end = (row + 1) * ROW_DOUBLES;
      for (let at = row * ROW_DOUBLES; at < end; at++) f64[at] = 0; // `fill` takes many times as long for so few
      return row;
    }
    return this.#used < this.capacity ? this.#used++ : -1;
  }

  give(row: number): void {
    this.#free[this.#freeCount++] = row;
  }

  /** Rows from this one on were never used. */
  get highWater(): number {
    return this.#used;
  }
}
