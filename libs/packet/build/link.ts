import type { Layer } from './layer.ts';

/** A MAC address as its 48-bit number: 02:00:00:00:00:01 is `0x020000000001`. */
export type Mac = number;

export const SOURCE_MAC: Mac = 0x020000000001;
export const DESTINATION_MAC: Mac = 0x020000000002;

export function setMac(view: DataView, offset: number, mac: Mac): void {
  view.setUint16(offset, Math.floor(mac / 0x1_0000_0000));
  view.setUint32(offset + 2, mac % 0x1_0000_0000);
}

/** What a type field gets for `above`: its EtherType, or the length of an LLC frame (IEEE 802.3 §3.2.6). */
function typeOrLength(offset: number, end: number, above: Layer | undefined): number {
  return above?.announced.llcSap === undefined || above.announced.etherType !== undefined
    ? (above?.announced.etherType ?? 0xffff)
    : end - offset;
}

/** The header of Ethernet II, or of IEEE 802.3 when LLC follows. */
export function ethernet(options: { source?: Mac; destination?: Mac; etherType?: number } = {}): Layer {
  return {
    headerBytes: 14,
    announced: { etherType: 0x6558, linkType: 1 },
    write(view, offset, end, above) {
      setMac(view, offset, options.destination ?? DESTINATION_MAC);
      setMac(view, offset + 6, options.source ?? SOURCE_MAC);
      view.setUint16(offset + 12, options.etherType ?? typeOrLength(offset + 14, end, above));
    },
  };
}

/** One tag (IEEE 802.1Q §9.6); `tpid` 0x88a8 makes it a provider's. */
export function vlan(
  id: number,
  options: { priority?: number; dropEligible?: boolean; tpid?: number; etherType?: number } = {},
): Layer {
  return {
    headerBytes: 4,
    announced: { etherType: options.tpid ?? 0x8100 },
    write(view, offset, end, above) {
      view.setUint16(offset, ((options.priority ?? 0) << 13) | (options.dropEligible === true ? 0x1000 : 0) | id);
      view.setUint16(offset + 2, options.etherType ?? typeOrLength(offset + 4, end, above));
    },
  };
}

/** IEEE 802.2 with a control field of one byte (unnumbered) or, above 0xff, of two. */
export function llc(options: { dsap?: number; ssap?: number; control?: number } = {}): Layer {
  const control = options.control ?? 3;
  return {
    headerBytes: control > 0xff ? 4 : 3,
    announced: { llcSap: options.dsap ?? 0x42 },
    write(view, offset, _end, above) {
      const sap = above?.announced.llcSap ?? 0x42;
      view.setUint8(offset, options.dsap ?? sap);
      view.setUint8(offset + 1, options.ssap ?? options.dsap ?? sap);
      if (control > 0xff) view.setUint16(offset + 2, control);
      else view.setUint8(offset + 2, control);
    },
  };
}

/** LLC with the subnetwork access protocol (RFC 1042). */
export function snap(options: { oui?: number; protocol?: number } = {}): Layer {
  return {
    headerBytes: 8,
    announced: { llcSap: 0xaa },
    write(view, offset, _end, above) {
      view.setUint32(offset, 0xaaaa0300 | ((options.oui ?? 0) >>> 16));
      view.setUint16(offset + 4, (options.oui ?? 0) & 0xffff);
      view.setUint16(offset + 6, options.protocol ?? above?.announced.etherType ?? 0xffff);
    },
  };
}

/** Linux cooked capture, version 1. */
export function linuxCooked(
  options: { source?: Mac; direction?: number; device?: number; protocol?: number } = {},
): Layer {
  return {
    headerBytes: 16,
    announced: {},
    write(view, offset, _end, above) {
      view.setUint16(offset, options.direction ?? 0);
      view.setUint16(offset + 2, options.device ?? 1);
      view.setUint16(offset + 4, 6);
      setMac(view, offset + 6, options.source ?? SOURCE_MAC);
      view.setUint16(offset + 12, 0);
      view.setUint16(offset + 14, options.protocol ?? above?.announced.etherType ?? 4);
    },
  };
}

/** Linux cooked capture, version 2. */
export function linuxCooked2(
  options: { source?: Mac; direction?: number; device?: number; protocol?: number } = {},
): Layer {
  return {
    headerBytes: 20,
    announced: {},
    write(view, offset, _end, above) {
      view.setUint16(offset, options.protocol ?? above?.announced.etherType ?? 4);
      view.setUint16(offset + 2, 0);
      view.setUint32(offset + 4, 2);
      view.setUint16(offset + 8, options.device ?? 1);
      view.setUint8(offset + 10, options.direction ?? 0);
      view.setUint8(offset + 11, 6);
      setMac(view, offset + 12, options.source ?? SOURCE_MAC);
      view.setUint16(offset + 18, 0);
    },
  };
}

/** BSD loopback: an address family in either byte order. */
export function nullLoopback(options: { family: number; littleEndian?: boolean }): Layer {
  return {
    headerBytes: 4,
    announced: {},
    write(view, offset) {
      view.setUint32(offset, options.family, options.littleEndian ?? false);
    },
  };
}

/** ARP for IPv4 over Ethernet (RFC 826); with `isReverse`, RARP (RFC 903). */
export function arp(options: {
  operation?: number;
  senderMac?: Mac;
  senderIp: number;
  targetMac?: Mac;
  targetIp: number;
  isReverse?: boolean;
}): Layer {
  return {
    headerBytes: 28,
    announced: { etherType: options.isReverse === true ? 0x8035 : 0x0806 },
    write(view, offset) {
      view.setUint32(offset, 0x0001_0800);
      view.setUint16(offset + 4, 0x0604);
      view.setUint16(offset + 6, options.operation ?? 1);
      setMac(view, offset + 8, options.senderMac ?? SOURCE_MAC);
      view.setUint32(offset + 14, options.senderIp);
      setMac(view, offset + 18, options.targetMac ?? 0);
      view.setUint32(offset + 24, options.targetIp);
    },
  };
}

/** A tag between the addresses and an EtherType: VN-Tag (0x8926) and the like, of `bytes` without that type. */
export function shim(etherType: number, bytes: number): Layer {
  return {
    headerBytes: bytes + 2,
    announced: { etherType },
    write(view, offset, _end, above) {
      for (let at = 0; at < bytes; at++) view.setUint8(offset + at, 0);
      view.setUint16(offset + bytes, above?.announced.etherType ?? 0xffff);
    },
  };
}

/** MACsec (IEEE 802.1AE §9.3) with a secure channel's name, and a check value behind the frame. */
export function macsec(o: { isEncrypted: boolean }): Layer {
  return {
    headerBytes: 16,
    trailerBytes: 16,
    announced: { etherType: 0x88e5 },
    write(view, offset, _end, above) {
      view.setUint16(offset, o.isEncrypted ? 0x2c00 : 0x2000);
      view.setUint32(offset + 2, 1);
      view.setUint32(offset + 6, 0x02000000);
      view.setUint32(offset + 10, 0x00010001);
      view.setUint16(offset + 14, above?.announced.etherType ?? 0xffff);
    },
  };
}
