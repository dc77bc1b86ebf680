import type { Layer } from './layer.ts';

/** One MPLS label stack entry (RFC 3032 §2.1); the last one before anything else is the bottom. */
export function mpls(label: number, o: { trafficClass?: number; ttl?: number } = {}): Layer {
  return {
    headerBytes: 4,
    announced: { etherType: 0x8847, ipProtocol: 137, pppProtocol: 0x0281 },
    write(view, offset, _end, above) {
      const isBottom = above?.announced.etherType !== 0x8847;
      view.setUint32(offset, (label << 12) | ((o.trafficClass ?? 0) << 9) | (isBottom ? 0x100 : 0) | (o.ttl ?? 64));
    },
  };
}

/** Provider backbone bridging (IEEE 802.1Q §9.7). */
export function pbb(serviceId: number): Layer {
  return {
    headerBytes: 4,
    announced: { etherType: 0x88e7 },
    write(view, offset) {
      view.setUint32(offset, serviceId);
    },
  };
}

/** Network service header without metadata (RFC 8300 §2). */
export function nsh(o: { path: number; nextProtocol: number }): Layer {
  return {
    headerBytes: 8,
    announced: { etherType: 0x894f },
    write(view, offset) {
      // Version 0, TTL 63, length 2 words, metadata type 2.
      view.setUint32(offset, (63 << 22) | (2 << 16) | (2 << 8) | o.nextProtocol);
      view.setUint32(offset + 4, (o.path << 8) | 255);
    },
  };
}

/** GRE (RFC 2784, RFC 2890). */
export function gre(
  o: { key?: number; sequence?: number; checksum?: boolean; protocol?: number; flags?: number } = {},
): Layer {
  const hasChecksum = o.checksum === true;
  const words = 1 + (hasChecksum ? 1 : 0) + (o.key === undefined ? 0 : 1) + (o.sequence === undefined ? 0 : 1);
  return {
    headerBytes: words * 4,
    announced: { ipProtocol: 47 },
    write(view, offset, _end, above) {
      const flags =
        (hasChecksum ? 0x8000 : 0) | (o.key === undefined ? 0 : 0x2000) | (o.sequence === undefined ? 0 : 0x1000);
      view.setUint16(offset, flags | (o.flags ?? 0));
      view.setUint16(offset + 2, o.protocol ?? above?.announced.etherType ?? 0);
      let at = offset + 4;
      if (hasChecksum) {
        view.setUint32(at, 0);
        at += 4;
      }
      if (o.key !== undefined) {
        view.setUint32(at, o.key);
        at += 4;
      }
      if (o.sequence !== undefined) view.setUint32(at, o.sequence);
    },
  };
}

/** The enhanced GRE of PPTP (RFC 2637 §4.1); with `acknowledgement` alone it carries nothing. */
export function pptp(o: { call: number; sequence?: number; acknowledgement?: number }): Layer {
  const headerBytes = 8 + (o.sequence === undefined ? 0 : 4) + (o.acknowledgement === undefined ? 0 : 4);
  return {
    headerBytes,
    announced: { ipProtocol: 47 },
    write(view, offset, end) {
      const flags = (o.sequence === undefined ? 0 : 0x1000) | (o.acknowledgement === undefined ? 0 : 0x80);
      view.setUint16(offset, 0x2001 | flags);
      view.setUint16(offset + 2, 0x880b);
      view.setUint16(offset + 4, end - offset - headerBytes);
      view.setUint16(offset + 6, o.call);
      if (o.sequence !== undefined) view.setUint32(offset + 8, o.sequence);
      if (o.acknowledgement !== undefined) view.setUint32(offset + headerBytes - 4, o.acknowledgement);
    },
  };
}

/** ERSPAN type II (draft-foschiano-erspan-03 §4.2); the GRE header below it has a sequence number. */
export function erspan2(session: number): Layer {
  return {
    headerBytes: 8,
    announced: { etherType: 0x88be },
    write(view, offset) {
      view.setUint32(offset, 0x10000000 | session);
      view.setUint32(offset + 4, 0);
    },
  };
}

/** ERSPAN type III (§4.3), with its platform header of 8 bytes when `platform` is set. */
export function erspan3(session: number, o: { platform?: boolean; frameType?: number } = {}): Layer {
  const platform = o.platform === true;
  return {
    headerBytes: platform ? 20 : 12,
    announced: { etherType: 0x22eb },
    write(view, offset) {
      view.setUint32(offset, 0x20000000 | session);
      view.setUint32(offset + 4, 0);
      view.setUint32(offset + 8, ((o.frameType ?? 0) << 10) | (platform ? 1 : 0));
      if (platform) {
        view.setUint32(offset + 12, 0);
        view.setUint32(offset + 16, 0);
      }
    },
  };
}

/** Ethernet in IP (RFC 3378 §2). */
export function etherIp(version = 3): Layer {
  return {
    headerBytes: 2,
    announced: { ipProtocol: 97 },
    write(view, offset) {
      view.setUint16(offset, version << 12);
    },
  };
}

/** A PIM register message (RFC 7761 §4.9.3). */
export function pimRegister(isNull = false): Layer {
  return {
    headerBytes: 8,
    announced: { ipProtocol: 103 },
    write(view, offset) {
      view.setUint32(offset, 0x21000000 | 0xdeff);
      view.setUint32(offset + 4, isNull ? 0x40000000 : 0);
    },
  };
}

/** VXLAN (RFC 7348 §5), or with `nextProtocol` its generic protocol extension. */
export function vxlan(o: { network: number; nextProtocol?: number }): Layer {
  return {
    headerBytes: 8,
    announced: {},
    write(view, offset) {
      view.setUint32(offset, o.nextProtocol === undefined ? 0x08000000 : 0x0c000000 | o.nextProtocol);
      view.setUint32(offset + 4, o.network << 8);
    },
  };
}

/** Geneve (RFC 8926 §3.4); `optionWords` words of options are zero. */
export function geneve(o: { network: number; optionWords?: number; protocol?: number }): Layer {
  const options = o.optionWords ?? 0;
  return {
    headerBytes: 8 + options * 4,
    announced: {},
    write(view, offset, _end, above) {
      view.setUint16(offset, options << 8);
      view.setUint16(offset + 2, o.protocol ?? above?.announced.etherType ?? 0x6558);
      view.setUint32(offset + 4, o.network << 8);
      for (let at = 0; at < options; at++) view.setUint32(offset + 8 + at * 4, 0);
    },
  };
}

/** GTP-U (3GPP TS 29.281 §5); `extension` adds a container of 4 bytes, as 5G does. */
export function gtp(o: { teid: number; message?: number; sequence?: number; extension?: boolean }): Layer {
  const extension = o.extension === true;
  const hasOptional = extension || o.sequence !== undefined;
  return {
    headerBytes: 8 + (hasOptional ? 4 : 0) + (extension ? 4 : 0),
    announced: {},
    write(view, offset, end) {
      view.setUint8(offset, 0x30 | (extension ? 4 : 0) | (o.sequence === undefined ? 0 : 2));
      view.setUint8(offset + 1, o.message ?? 255);
      view.setUint16(offset + 2, end - offset - 8);
      view.setUint32(offset + 4, o.teid);
      if (hasOptional) view.setUint32(offset + 8, ((o.sequence ?? 0) << 16) | (extension ? 0x85 : 0));
      if (extension) view.setUint32(offset + 12, 0x01000900);
    },
  };
}

/** L2TPv2 (RFC 2661 §3.1) with length and, where given, sequence numbers. */
export function l2tp(o: { tunnel: number; session: number; sequence?: number; isControl?: boolean }): Layer {
  const hasSequence = o.sequence !== undefined || o.isControl === true;
  return {
    headerBytes: hasSequence ? 12 : 8,
    announced: {},
    write(view, offset, end) {
      view.setUint16(offset, 0x4002 | (hasSequence ? 0x0800 : 0) | (o.isControl === true ? 0x8000 : 0));
      view.setUint16(offset + 2, end - offset);
      view.setUint16(offset + 4, o.tunnel);
      view.setUint16(offset + 6, o.session);
      if (hasSequence) view.setUint32(offset + 8, (o.sequence ?? 0) << 16);
    },
  };
}

/** L2TPv3 (RFC 3931 §4.1) over IP, or with `overUdp` the form for UDP; `cookieBytes` is 0, 4 or 8. */
export function l2tp3(o: { session: number; cookieBytes?: number; overUdp?: boolean }): Layer {
  const start = o.overUdp === true ? 4 : 0;
  const cookie = o.cookieBytes ?? 0;
  return {
    headerBytes: start + 4 + cookie,
    announced: { ipProtocol: 115 },
    write(view, offset) {
      if (start > 0) view.setUint32(offset, 0x00030000);
      view.setUint32(offset + start, o.session);
      for (let at = 0; at < cookie; at += 4) view.setUint32(offset + start + 4 + at, 0xc00c1e5a);
    },
  };
}

/** LISP data (RFC 9300 §5.3) with an instance. */
export function lisp(instance: number): Layer {
  return {
    headerBytes: 8,
    announced: {},
    write(view, offset) {
      view.setUint32(offset, 0x08000000);
      view.setUint32(offset + 4, instance << 8);
    },
  };
}

/** TZSP with a tag, padding and the end of tags. */
export function tzsp(): Layer {
  return {
    headerBytes: 9,
    announced: {},
    write(view, offset) {
      view.setUint32(offset, 0x01000001);
      view.setUint32(offset + 4, 0x0a01c500);
      view.setUint8(offset + 8, 1);
    },
  };
}
