import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IPV4_ADDRESS, type Headers } from '../../libs/packet/headers.ts';
import { TUNNEL } from '../../libs/packet/tunnel.ts';
import { connection, FlowLab, ipv4 } from '../support/flow-lab.ts';

const TUNNEL_FIELDS = ['tunkind', 'tunid', 'tundepth', 'tunsrc', 'tundst'] as const;
type Told = readonly (number | string | undefined)[];

function told(change: (h: Headers) => void): Told {
  const lab = new FlowLab();
  connection(lab).forth(0, { with: change });
  const [record] = lab.end();
  return TUNNEL_FIELDS.map((name) => record?.[name]);
}

function vxlan(h: Headers): void {
  h.tunnelDepth = 1;
  h.tunnelKind = TUNNEL.vxlan;
  h.tunnelId = 7;
  h.tunnelAddressKind = IPV4_ADDRESS;
  h.tunnelSource3 = ipv4('172.16.0.1');
  h.tunnelDestination3 = ipv4('172.16.0.2');
}

test('a flow outside of tunnels has no tunnel', () => {
  assert.deepEqual(told(() => undefined), [undefined, undefined, undefined, undefined, undefined]); // prettier-ignore
});

test('a flow in a tunnel has its kind, id, depth and outermost addresses', () => {
  assert.deepEqual(told(vxlan), [TUNNEL.vxlan, 7, 1, '172.16.0.1', '172.16.0.2']);
});

test('a tunnel that only its ends can open is named, without depth and addresses', () => {
  const wireguard = (h: Headers): void => {
    h.tunnelKind = TUNNEL.wireguard;
    h.tunnelId = 9;
  };
  assert.deepEqual(told(wireguard), [TUNNEL.wireguard, 9, undefined, undefined, undefined]);
});

test('a tunnel without an id has none in the record', () => {
  const ipip = (h: Headers): void => {
    vxlan(h);
    h.tunnelKind = TUNNEL.ipip;
    h.tunnelId = -1;
  };
  assert.deepEqual(told(ipip).slice(0, 3), [TUNNEL.ipip, undefined, 1]);
});

test('the deepest packet of a flow says what its tunnels are', () => {
  const lab = new FlowLab();
  const { forth } = connection(lab);
  forth(0, { with: vxlan });
  forth(1, {
    with: (h) => {
      vxlan(h);
      h.tunnelDepth = 2;
      h.tunnelKind = TUNNEL.gre;
    },
  });
  const [record] = lab.end();
  assert.deepEqual([record?.['tundepth'], record?.['tunkind']], [2, TUNNEL.gre]);
});
