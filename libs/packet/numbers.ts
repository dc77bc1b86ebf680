/** Assigned numbers that more than one decoder needs (IANA registries "ieee-802-numbers" and "protocol-numbers"). */
export const ETHER_TYPE = {
  /** Not an EtherType: Linux's number for "an 802.2 header follows", used so in cooked captures. */
  llc: 0x0004,
  ipv4: 0x0800,
  arp: 0x0806,
  vlan: 0x8100,
  rarp: 0x8035,
  ipv6: 0x86dd,
  providerVlan: 0x88a8,
  oldProviderVlan: 0x9100,
  mpls: 0x8847,
  nsh: 0x894f,
  pppoeDiscovery: 0x8863,
  pppoeSession: 0x8864,
  eapol: 0x888e,
  lldp: 0x88cc,
  loopback: 0x9000,
} as const;

export const IP_PROTOCOL = {
  hopByHop: 0,
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  dccp: 33,
  ipv6Routing: 43,
  ipv6Fragment: 44,
  esp: 50,
  ah: 51,
  icmp6: 58,
  noNext: 59,
  ipv6Destination: 60,
  sctp: 132,
  mobility: 135,
  udpLite: 136,
  hip: 139,
  shim6: 140,
} as const;

/**
 * What `Headers.next` holds: one of these, plus the number by which the protocols of that name space announce what they
 * carry. `layers.ts` says which decoder that is. 0 is "nothing that we decode".
 */
export const NEXT = {
  linkType: 1 << 16,
  etherType: 2 << 16,
  ipProtocol: 3 << 16,
  llcSap: 4 << 16,
  pppProtocol: 5 << 16,
} as const;
/** One more than the largest value of `Headers.next`. */
export const NEXT_END = 6 << 16;

/** Link types (LINKTYPE_ numbers) that occur inside other layers. */
export const LINK = { ethernet: 1, ppp: 9, rawIp: 101, ciscoHdlc: 104, wlan: 105, frameRelay: 107 } as const;
