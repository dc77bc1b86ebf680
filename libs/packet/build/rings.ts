import type { Layer } from './layer.ts';
import { DESTINATION_MAC, setMac, SOURCE_MAC } from './link.ts';

/** IEEE 802.5 token ring, with routing information of `route` bytes (an even number up to 30). */
export function tokenRing(route = 0): Layer {
  return {
    headerBytes: 14 + route,
    announced: {},
    write(view, offset) {
      view.setUint16(offset, 0x1040);
      setMac(view, offset + 2, DESTINATION_MAC);
      setMac(view, offset + 8, SOURCE_MAC + (route > 0 ? 0x800000000000 : 0));
      for (let at = 0; at < route; at++) view.setUint8(offset + 14 + at, at === 0 ? route : 0);
    },
  };
}

/** FDDI with frame control; LLC frames by default. */
export function fddi(control = 0x50): Layer {
  return {
    headerBytes: 13,
    announced: {},
    write(view, offset) {
      view.setUint8(offset, control);
      setMac(view, offset + 1, DESTINATION_MAC);
      setMac(view, offset + 7, SOURCE_MAC);
    },
  };
}

/** ARCNET (RFC 1201 §2.3; protocols 0xf0 and 0xf1 RFC 1051) as BSD captures it, or as Linux does. */
export function arcnet(o: { protocol: number; split?: number; linux?: boolean; exception?: boolean }): Layer {
  const start = o.linux === true ? 4 : 2;
  const isPlain = o.protocol === 0xf0 || o.protocol === 0xf1;
  const exception = o.exception === true ? 4 : 0;
  return {
    headerBytes: start + 1 + (isPlain ? 0 : 3 + exception),
    announced: {},
    write(view, offset) {
      view.setUint16(offset, 0x0102);
      if (o.linux === true) view.setUint16(offset + 2, 0);
      view.setUint8(offset + start, o.protocol);
      if (isPlain) return;
      let at = offset + start + 1;
      if (exception > 0) {
        view.setUint32(at, 0xffffffff);
        at += 4;
      }
      view.setUint8(at, o.split ?? 0);
      view.setUint16(at + 1, 1);
    },
  };
}

/** Cisco's inter-switch link, with the check sequence of the frame that it carries. */
export function isl(vlanId: number): Layer {
  return {
    headerBytes: 26,
    trailerBytes: 4,
    announced: {},
    write(view, offset, end) {
      view.setUint32(offset, 0x01000c00);
      view.setUint16(offset + 4, 0);
      setMac(view, offset + 6, SOURCE_MAC);
      view.setUint16(offset + 12, end - offset - 14);
      view.setUint32(offset + 14, 0xaaaa0300);
      view.setUint16(offset + 18, 0x000c);
      view.setUint16(offset + 20, vlanId << 1);
      view.setUint32(offset + 22, 0);
    },
  };
}
