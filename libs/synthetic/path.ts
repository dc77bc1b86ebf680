import { ipv4, ipv6, type Ipv4, type Ipv6 } from '../packet/build/ip.ts';
import type { Layer } from '../packet/build/layer.ts';
import { ethernet, vlan, type Mac } from '../packet/build/link.ts';
import { payload } from '../packet/build/payload.ts';
import type { Frame } from './frame.ts';
import type { Random } from './random.ts';

/** Ports that clients take: 49152 to 65535 (RFC 6335 §6). */
const PORT_BITS = 14;
const FIRST_PORT = 0xc000;

/** Clients are 10.1.0.0 and up, so that there may be 2^16 of them. */
const CLIENT_BITS_MAX = 16;
const CLIENT_NET = 0x0a01_0000;
const CLIENT_MAC: Mac = 0x0200_0a01_0000;
const ROUTER_MAC: Mac = 0x0200_5e00_0001;
const VLAN_ID = 20;

/** Servers live in the networks that are set aside for examples (RFC 5737, RFC 3849). */
const SERVER_NETS: readonly Ipv4[] = [0xc000_0200, 0xc633_6400, 0xcb00_7100];
const CLIENT_NET6: Ipv6 = [0x2001_0db8, 0x000a_0001, 0, 0];
const SERVER_NET6: Ipv6 = [0x2001_0db8, 0x5e00_0000, 0, 0];

const IPV6_SHARE = 0.15;
/** One client in so many is on the VLAN. */
const VLAN_CLIENTS = 8;
/** What hosts send with; 64 is the commonest. */
const INITIAL_TTLS = [64, 64, 128, 255] as const;

/** One end of a flow that no other flow has: which client, at which of its ports. */
export interface Place {
  readonly client: number;
  readonly port: number;
}

/** How many bits the numbers have that `placeOf` takes. */
export function placeBits(clients: number): number {
  const clientBits = Math.ceil(Math.log2(clients));
  if (!(clientBits <= CLIENT_BITS_MAX)) throw new RangeError(`more than ${2 ** CLIENT_BITS_MAX} clients`);
  return clientBits + PORT_BITS;
}

export function placeOf(number: number): Place {
  return { client: number >>> PORT_BITS, port: FIRST_PORT | (number & ((1 << PORT_BITS) - 1)) };
}

export function clientMac(client: number): Mac {
  return CLIENT_MAC + client;
}

export function clientIp(client: number): Ipv4 {
  return CLIENT_NET + client;
}

/** The link and network between one client and one server, in both directions. */
export class Path {
  readonly client: number;
  readonly clientPort: number;
  readonly serverPort: number;
  readonly isIpv6: boolean;
  readonly #server: number;
  readonly #serverTtl: number;
  #clientIpId: number;
  #serverIpId: number;

  constructor(place: Place, serverPort: number, random: Random, isIpv6 = random.chance(IPV6_SHARE)) {
    this.client = place.client;
    this.clientPort = place.port;
    this.serverPort = serverPort;
    this.isIpv6 = isIpv6;
    this.#server = random.between(1, 254) | (random.between(0, SERVER_NETS.length - 1) << 8);
    this.#serverTtl = INITIAL_TTLS[random.between(0, INITIAL_TTLS.length - 1)]! - random.between(4, 18);
    this.#clientIpId = random.half();
    this.#serverIpId = random.half();
  }

  /** Bytes that one packet carries above the network layer, on a link of 1,500. */
  get roomBytes(): number {
    return this.isIpv6 ? 1460 : 1480;
  }

  /**
   * Writes one packet between the two.
   * @param forth from the client to the server
   * @param transport its header
   * @param content bytes of which the first `contentBytes` are carried
   */
  write(frame: Frame, forth: boolean, transport: Layer, content: Uint8Array, contentBytes: number): void {
    const isTagged = this.client % VLAN_CLIENTS === VLAN_CLIENTS - 1;
    const linkBytes = isTagged ? 18 : 14;
    const headerBytes = linkBytes + (this.isIpv6 ? 40 : 20) + transport.headerBytes;
    const keptBytes = Math.min(contentBytes, Math.max(0, frame.snapBytes - headerBytes));
    const layers = [this.#ethernet(forth)];
    if (isTagged) layers.push(vlan(VLAN_ID));
    layers.push(this.#ip(forth, transport.headerBytes + contentBytes), transport);
    if (keptBytes > 0) layers.push(payload(content.subarray(0, keptBytes)));
    frame.write(layers, contentBytes - keptBytes);
  }

  #ethernet(forth: boolean): Layer {
    const mac = clientMac(this.client);
    return forth
      ? ethernet({ source: mac, destination: ROUTER_MAC })
      : ethernet({ source: ROUTER_MAC, destination: mac });
  }

  #ip(forth: boolean, carriedBytes: number): Layer {
    const ttl = forth ? 64 : this.#serverTtl;
    if (this.isIpv6) {
      const client: Ipv6 = [CLIENT_NET6[0], CLIENT_NET6[1], 0, this.client + 1];
      const server: Ipv6 = [SERVER_NET6[0], SERVER_NET6[1], 0, this.#server];
      return ipv6({
        source: forth ? client : server,
        destination: forth ? server : client,
        hopLimit: ttl,
        payloadLength: carriedBytes,
      });
    }
    const client = clientIp(this.client);
    const server = SERVER_NETS[this.#server >> 8]! + (this.#server & 255);
    return ipv4({
      source: forth ? client : server,
      destination: forth ? server : client,
      ttl,
      id: forth ? this.#clientIpId++ & 0xffff : this.#serverIpId++ & 0xffff,
      dontFragment: true,
      totalLength: 20 + carriedBytes,
    });
  }
}
