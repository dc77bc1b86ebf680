import type { Layer } from './layer.ts';

/** PPP (RFC 1661 §2), with address and control (RFC 1662 §3.1) unless they are compressed away. */
export function ppp(o: { compressed?: boolean; protocol?: number } = {}): Layer {
  const start = o.compressed === true ? 0 : 2;
  return {
    headerBytes: start + 2,
    announced: { linkType: 9, etherType: 0x880b },
    write(view, offset, _end, above) {
      if (start > 0) view.setUint16(offset, 0xff03);
      view.setUint16(offset + start, o.protocol ?? above?.announced.pppProtocol ?? 0xc021);
    },
  };
}

/** PPPoE (RFC 2516 §4): a session with code 0, else discovery; a session carries `ppp({ compressed: true })`. */
export function pppoe(o: { code?: number; session?: number; length?: number } = {}): Layer {
  return {
    headerBytes: 6,
    announced: { etherType: (o.code ?? 0) === 0 ? 0x8864 : 0x8863 },
    write(view, offset, end) {
      view.setUint16(offset, 0x1100 | (o.code ?? 0));
      view.setUint16(offset + 2, o.session ?? 1);
      view.setUint16(offset + 4, o.length ?? end - offset - 6);
    },
  };
}

/** Cisco HDLC (RFC 1547 §4.3.1). */
export function ciscoHdlc(o: { protocol?: number } = {}): Layer {
  return {
    headerBytes: 4,
    announced: {},
    write(view, offset, _end, above) {
      view.setUint16(offset, 0x0f00);
      view.setUint16(offset + 2, o.protocol ?? above?.announced.etherType ?? 0x2000);
    },
  };
}

/** Frame Relay with a two-byte address (ITU-T Q.922 §3.3) and, behind it, the bytes given: control and NLPID of RFC 2427. */
export function frameRelay(o: { dlci?: number; header: readonly number[] }): Layer {
  return {
    headerBytes: 2 + o.header.length,
    announced: {},
    write(view, offset) {
      const dlci = o.dlci ?? 100;
      view.setUint8(offset, (dlci >> 4) << 2);
      view.setUint8(offset + 1, ((dlci & 15) << 4) | 1);
      o.header.forEach((byte, index) => view.setUint8(offset + 2 + index, byte));
    },
  };
}

/** What BSD puts in front of a captured SLIP packet. */
export function slipHeader(): Layer {
  return {
    headerBytes: 16,
    announced: {},
    write(view, offset) {
      for (let at = 0; at < 16; at++) view.setUint8(offset + at, 0);
    },
  };
}
