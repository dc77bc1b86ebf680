/** What packets carry: long enough for the largest, so that a packet takes the first bytes it needs. */
const CONTENT_BYTES = 1500;

export const NOTHING = new Uint8Array(0);

const REQUEST = textContent(
  'GET /index.html HTTP/1.1\r\nHost: www.example.net\r\nAccept: */*\r\nUser-Agent: panoptes\r\n\r\n',
);
const RESPONSE = textContent(
  'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n5a0\r\n<!doctype html><p>All is well. ',
);
/** A TLS record of application data (RFC 8446 §5.1). */
const TLS = noisyContent([0x17, 0x03, 0x03, 0x05, 0x6f]);
const NOISE = noisyContent([]);

/** QUIC version 1 (RFC 9000 §17.2): an Initial packet, and one with the short header. */
export const QUIC_INITIAL = noisyContent([0xc3, 0, 0, 0, 1, 8]);
export const QUIC_SHORT = noisyContent([0x41]);
/** RTP version 2, payload type 0, PCMU (RFC 3550 §5.1). */
export const RTP = noisyContent([0x80, 0, 0x12, 0x34, 0, 0, 0x10, 0]);
/** What ping sends. */
export const ECHO = Uint8Array.from({ length: CONTENT_BYTES }, (_, index) => index & 255);
/** NTP version 4 (RFC 5905 §7.3): client's and server's, 48 bytes. */
export const NTP_CLIENT = noisyContent([0x23, 0, 6, 0xe8]);
export const NTP_SERVER = noisyContent([0x24, 2, 6, 0xe8]);
export const NTP_BYTES = 48;

const SERVICES = new Map<number, readonly [request: Uint8Array, response: Uint8Array]>([
  [80, [REQUEST, RESPONSE]],
  [8080, [REQUEST, RESPONSE]],
  [443, [TLS, TLS]],
  [993, [TLS, TLS]],
  [25, [textContent('MAIL FROM:<a@example.net>\r\n'), textContent('250 OK\r\n')]],
]);

export function requestTo(port: number): Uint8Array {
  return SERVICES.get(port)?.[0] ?? NOISE;
}

export function responseFrom(port: number): Uint8Array {
  return SERVICES.get(port)?.[1] ?? NOISE;
}

/**
 * A DNS message (RFC 1035 §4.1) about `host<number>.example.net`: the question, and in the answer one address.
 * @param id transaction
 */
export function dnsMessage(id: number, isAnswer: boolean, number: number): Uint8Array {
  const host = `host${number}`;
  const name = [host.length, ...codes(host), 7, ...codes('example'), 3, ...codes('net'), 0];
  const header = [
    id >> 8,
    id & 255,
    isAnswer ? 0x81 : 0x01,
    isAnswer ? 0x80 : 0,
    0,
    1,
    0,
    isAnswer ? 1 : 0,
    0,
    0,
    0,
    0,
  ];
  const question = [...name, 0, 1, 0, 1];
  const answer = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0x0e, 0x10, 0, 4, 198, 51, 100, number & 255];
  return Uint8Array.from([...header, ...question, ...(isAnswer ? answer : [])]);
}

function codes(text: string): number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}

/** The text, over and over. */
function textContent(text: string): Uint8Array {
  const letters = codes(text);
  return Uint8Array.from({ length: CONTENT_BYTES }, (_, index) => letters[index % letters.length]!);
}

/** A beginning, then bytes that pass for cipher text. */
function noisyContent(beginning: readonly number[]): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: CONTENT_BYTES }, (_, index) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return beginning[index] ?? state >>> 24;
  });
}
