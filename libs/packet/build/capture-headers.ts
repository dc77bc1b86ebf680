import type { Layer } from './layer.ts';

/** Netfilter's log: an attribute of a prefix text, then the packet. */
export function nflog(o: { family?: number; littleEndian?: boolean } = {}): Layer {
  const little = o.littleEndian ?? true;
  return {
    headerBytes: 4 + 8 + 4,
    announced: {},
    write(view, offset, end, above) {
      view.setUint32(offset, ((o.family ?? (above?.announced.etherType === 0x86dd ? 10 : 2)) << 24) | 1);
      view.setUint16(offset + 4, 5, little);
      view.setUint16(offset + 6, 10, little);
      view.setUint32(offset + 8, 0);
      view.setUint16(offset + 12, end - offset - 12, little);
      view.setUint16(offset + 14, 9, little);
    },
  };
}

/** Apple's PKTAP header. */
export function pktap(o: { linkType?: number; record?: number } = {}): Layer {
  return {
    headerBytes: 108,
    announced: {},
    write(view, offset, _end, above) {
      for (let at = 0; at < 108; at += 4) view.setUint32(offset + at, 0);
      view.setUint32(offset, 108, true);
      view.setUint32(offset + 4, o.record ?? 1, true);
      view.setUint32(offset + 8, o.linkType ?? above?.announced.linkType ?? 1, true);
    },
  };
}

/** IP over InfiniBand: a global routing header or what stands for it, then the header of RFC 4391 §6. */
export function ipoib(): Layer {
  return {
    headerBytes: 44,
    announced: {},
    write(view, offset, _end, above) {
      for (let at = 0; at < 40; at += 4) view.setUint32(offset + at, 0);
      view.setUint16(offset + 40, above?.announced.etherType ?? 0xffff);
      view.setUint16(offset + 42, 0);
    },
  };
}

/** The log of OpenBSD's packet filter. */
export function pflog(): Layer {
  return {
    headerBytes: 64,
    announced: {},
    write(view, offset, _end, above) {
      for (let at = 0; at < 64; at += 4) view.setUint32(offset + at, 0);
      view.setUint8(offset, 61);
      view.setUint8(offset + 1, above?.announced.etherType === 0x86dd ? 24 : 2);
    },
  };
}

/** OpenBSD's IPsec interface. */
export function enc(): Layer {
  return {
    headerBytes: 12,
    announced: {},
    write(view, offset, _end, above) {
      view.setUint32(offset, above?.announced.etherType === 0x86dd ? 24 : 2, true);
      view.setUint32(offset + 4, 0x1000);
      view.setUint32(offset + 8, 0);
    },
  };
}

/** The header of SunATM; type 2 is LLC, 1 is LAN emulation, which has two more bytes. */
export function sunAtm(type: number): Layer {
  const headerBytes = type === 1 ? 6 : 4;
  return {
    headerBytes,
    announced: {},
    write(view, offset) {
      view.setUint32(offset, 0x80000064 | (type << 24));
      if (type === 1) view.setUint16(offset + 4, 0);
    },
  };
}
