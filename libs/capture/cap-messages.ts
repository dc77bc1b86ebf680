/** What a capture process is told to do. */
export interface CapOrder {
  readonly device: string;
  /** In tcpdump's language; empty is none. */
  readonly filter: string;
}

/** How that went: cap's word for the link type, or what failed, in libpcap's words. */
export type CapAnswer =
  { readonly link: string } | { readonly failed: 'load' | 'open' | 'filter'; readonly text: string };

/** The descriptor that packets are written to, as PacketPipe has them; 3 is the channel of messages. */
export const PACKETS_FD = 4;
