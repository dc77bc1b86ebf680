/** Longer names are cut here. */
export const APP_NAME_BYTES_MAX = 64;

/** Names of the applications as records print them, by their number. A number is never reused. */
export const APP_NAMES = [
  'none',
  'tls',
  'quic',
  'quicv2',
  'quicdraft',
  'gquic',
  'http',
  'ssh',
  'dns',
  'smtp',
  'ftp',
  'pop3',
  'imap',
  'rdp',
  'mqtt',
  'bittorrent',
] as const;

export type AppName = (typeof APP_NAMES)[number];

/** Number of an application by its name. */
export const APP = Object.fromEntries(APP_NAMES.map((name, index) => [name, index])) as Readonly<
  Record<AppName, number>
>;

/** What is known of a flow's application: one reused object, which the recognisers fill in. */
export class FoundApp {
  /** A value of `APP`; 0 as long as nothing is known. */
  app = 0;
  /** Name of the server or what the application says of itself; bytes as they came, of which `nameBytes` count. */
  readonly name = new Uint8Array(APP_NAME_BYTES_MAX);
  nameBytes = 0;

  clear(): void {
    this.app = 0;
    this.nameBytes = 0;
  }

  /** Takes [start, end) of the view for the name, or as much of it as there is room for. */
  setName(view: DataView, start: number, end: number): void {
    const bytes = Math.max(0, Math.min(end - start, APP_NAME_BYTES_MAX));
    for (let i = 0; i < bytes; i++) this.name[i] = view.getUint8(start + i);
    this.nameBytes = bytes;
  }
}

/**
 * Looks at the payload of one packet, [offset, end) of the view. Reads nothing else, never throws.
 * @returns whether it is the recogniser's application; `found` says so then, with the name if the packet has it
 */
export type Recogniser = (view: DataView, offset: number, end: number, found: FoundApp) => boolean;
