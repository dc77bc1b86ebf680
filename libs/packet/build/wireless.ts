import type { Layer } from './layer.ts';
import { DESTINATION_MAC, setMac, SOURCE_MAC, type Mac } from './link.ts';

export interface WlanOptions {
  /** 0 management, 1 control, 2 data. */
  readonly type?: number;
  /** Of data frames 0, or 8 with quality of service. */
  readonly subtype?: number;
  /** Second byte of frame control: 1 to, 2 from the distribution system, 0x40 protected. */
  readonly flags?: number;
  readonly source?: Mac;
  readonly destination?: Mac;
  readonly accessPoint?: Mac;
}

/** The header of an IEEE 802.11 frame (§9.2); addresses lie as the two lowest flags say. */
export function wlan(o: WlanOptions = {}): Layer {
  const type = o.type ?? 2;
  const subtype = o.subtype ?? 0;
  const flags = o.flags ?? 1;
  const isRelayed = (flags & 3) === 3;
  const hasQos = type === 2 && (subtype & 8) !== 0;
  return {
    headerBytes: 24 + (isRelayed ? 6 : 0) + (hasQos ? 2 : 0),
    announced: { linkType: 105 },
    write(view, offset) {
      const source = o.source ?? SOURCE_MAC;
      const destination = o.destination ?? DESTINATION_MAC;
      const accessPoint = o.accessPoint ?? 0x02000000000a;
      view.setUint8(offset, (subtype << 4) | (type << 2));
      view.setUint8(offset + 1, flags);
      view.setUint16(offset + 2, 0);
      const [first, second, third] = isRelayed
        ? [accessPoint, accessPoint, destination]
        : (flags & 3) === 1
          ? [accessPoint, source, destination]
          : (flags & 3) === 2
            ? [destination, accessPoint, source]
            : [destination, source, accessPoint];
      setMac(view, offset + 4, first);
      setMac(view, offset + 10, second);
      setMac(view, offset + 16, third);
      view.setUint16(offset + 22, 0);
      if (isRelayed) setMac(view, offset + 24, source);
      if (hasQos) view.setUint16(offset + (isRelayed ? 30 : 24), 0);
    },
  };
}

/** Radiotap with a time stamp and flags; flag 0x10 adds a check sequence. */
export function radiotap(flags = 0): Layer {
  return {
    headerBytes: 25,
    trailerBytes: (flags & 0x10) === 0 ? 0 : 4,
    announced: {},
    write(view, offset) {
      view.setUint16(offset, 0);
      view.setUint16(offset + 2, 25, true);
      // Two present words, so that the time stamp needs four bytes of padding before it.
      view.setUint32(offset + 4, 0x80000003, true);
      view.setUint32(offset + 8, 0, true);
      view.setUint32(offset + 12, 0);
      view.setUint32(offset + 16, 0);
      view.setUint32(offset + 20, 0);
      view.setUint8(offset + 24, flags);
    },
  };
}

/** Per-packet information with the common 802.11 field, whose flag 1 adds a check sequence. */
export function ppi(o: { linkType?: number; flags?: number } = {}): Layer {
  return {
    headerBytes: 32,
    trailerBytes: ((o.flags ?? 0) & 1) === 0 ? 0 : 4,
    announced: {},
    write(view, offset, _end, above) {
      for (let at = 0; at < 32; at += 4) view.setUint32(offset + at, 0);
      view.setUint16(offset + 2, 32, true);
      view.setUint32(offset + 4, o.linkType ?? above?.announced.linkType ?? 105, true);
      view.setUint16(offset + 8, 2, true);
      view.setUint16(offset + 10, 20, true);
      view.setUint16(offset + 20, o.flags ?? 0, true);
    },
  };
}

/** The Prism monitoring header of 144 bytes, in either byte order. */
export function prism(littleEndian = true): Layer {
  return {
    headerBytes: 144,
    announced: {},
    write(view, offset) {
      for (let at = 0; at < 144; at += 4) view.setUint32(offset + at, 0);
      view.setUint32(offset, 0x44, littleEndian);
      view.setUint32(offset + 4, 144, littleEndian);
    },
  };
}

/** The AVS monitoring header. */
export function avs(): Layer {
  return {
    headerBytes: 64,
    announced: {},
    write(view, offset) {
      for (let at = 0; at < 64; at += 4) view.setUint32(offset + at, 0);
      view.setUint32(offset, 0x80211001);
      view.setUint32(offset + 4, 64);
    },
  };
}
