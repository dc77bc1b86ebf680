import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodePacket } from '../../libs/packet/decode.ts';
import { Headers } from '../../libs/packet/headers.ts';
import { PROBLEM_NAMES } from '../../libs/packet/problems.ts';
import { TUNNEL_NAMES } from '../../libs/packet/tunnel.ts';
import { RARE_SAMPLES } from './rare-samples.ts';

/** What the decoder makes of a rare packet: its problem, tunnel with depth, and what lies inside. */
function told(name: string): unknown[] {
  const { bytes, linkType } = RARE_SAMPLES.find((sample) => sample.name === name)!;
  const h = new Headers();
  decodePacket(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, bytes.length, linkType, h);
  return [PROBLEM_NAMES[h.problem], TUNNEL_NAMES[h.tunnelKind], h.tunnelDepth, h.protocol];
}

const CASES: readonly (readonly [name: string, problem: string, tunnel: string, depth: number, protocol: number])[] = [
  ['a link that nobody knows', 'link: unknown type', 'none', 0, 0],
  ['more layers than anybody needs', 'packet: too many layers', 'none', 0, 0],
  ['tunnels beyond the bound', 'packet: too many tunnels', 'ipip', 8, 4],
  ['too many extension headers', 'ipv6: too many extension headers', 'none', 0, 60],
  ['a pseudowire on a serial line', 'none', 'pseudowire', 1, 6],
  ['Ethernet in GRE', 'none', 'gre', 1, 6],
  ['PPP in GRE', 'none', 'gre', 1, 6],
  ['WCCP with a redirect header', 'none', 'gre', 1, 6],
  ['IP in ERSPAN III', 'none', 'erspan3', 1, 6],
  ['L2TP without length', 'none', 'l2tp', 1, 6],
  ['L2TPv3 with PPP', 'none', 'l2tp3', 1, 6],
  ['Ethernet in NSH', 'none', 'vxlangpe', 2, 6],
  ['MPLS in NSH', 'none', 'vxlangpe', 2, 6],
  ["B.A.T.M.A.N.'s broadcast", 'none', 'batman', 1, 6],
  ['multilink PPP', 'none', 'none', 0, 6],
  ['bridged PPP', 'none', 'none', 0, 6],
  ['AVS where Prism was announced', 'none', 'none', 0, 6],
  ['a tag in VXLAN', 'none', 'vxlan', 1, 6],
  ['IPv6 in VXLAN', 'none', 'vxlan', 1, 6],
  ['GTP version 0', 'none', 'gtpu', 1, 6],
  ['GTP-U with an extension that is cut', 'none', 'none', 0, 17],
  ['CAPWAP with quality of service', 'none', 'capwap', 1, 6],
  ["WireGuard's initiation", 'none', 'wireguard', 0, 17],
  ['a jumbogram', 'none', 'none', 0, 17],
];

for (const [name, ...expected] of CASES) {
  test(`a rare packet: ${name}`, () => assert.deepEqual(told(name), expected));
}
