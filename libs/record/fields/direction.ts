import { ETHERTYPE, IP_PROTOCOL } from './protocol.ts';
import { TCP_STATE } from './field.ts';

/**
 * Who spoke to whom, in three places: `<` when the responder sent, `>` when the initiator did, and between them `-`, or
 * `?` of TCP whose start was not seen. TCP with a handshake is always ` ->`. ARP and reverse ARP ask `who`.
 */
export function directionText(
  spkts: number,
  dpkts: number,
  etype: number | undefined,
  ipproto: number | undefined,
  tcpstate: number | undefined,
): string {
  if (etype === ETHERTYPE.arp || etype === ETHERTYPE.rarp) return 'who';
  let middle = '-';
  if (ipproto === IP_PROTOCOL.tcp && tcpstate !== undefined) {
    if ((tcpstate & (TCP_STATE.syn | TCP_STATE.synAck)) !== 0) return ' ->';
    middle = '?';
  }
  if (dpkts === 0) return spkts === 0 ? ` ${middle} ` : ` ${middle}>`;
  return spkts === 0 ? `<${middle} ` : `<${middle}>`;
}
