/** First number, last number, name: as Argus prints them, and below the line what came later. */
const RANGES: readonly (readonly [number, number, string])[] = [
  [0x0600, 0x0600, 'idp'],
  [0x0660, 0x0661, 'dlog'],
  [0x0800, 0x0800, 'ip'],
  [0x0801, 0x0801, 'x75'],
  [0x0804, 0x0804, 'chaos'],
  [0x0805, 0x0805, 'x25'],
  [0x0806, 0x0806, 'arp'],
  [0x0807, 0x0807, 'xnscp'],
  [0x0808, 0x0808, 'frarp'],
  [0x0900, 0x0900, 'ubdeb'],
  [0x0a00, 0x0a00, 'pup.3'],
  [0x0a01, 0x0a01, 'pupat'],
  [0x0bad, 0x0bad, 'vines'],
  [0x0bae, 0x0bae, 'vinlb'],
  [0x0baf, 0x0baf, 'vinec'],
  [0x2000, 0x2000, 'cdp'],
  [0x2001, 0x2001, 'cgmp'],
  [0x2003, 0x2003, 'vtp'],
  [0x3c07, 0x3c07, 'nbp'],
  [0x6001, 0x6001, 'decdl'],
  [0x6002, 0x6002, 'decrc'],
  [0x6003, 0x6003, 'decro'],
  [0x6004, 0x6004, 'lat'],
  [0x6005, 0x6005, 'decdp'],
  [0x6006, 0x6006, 'deccp'],
  [0x6007, 0x6007, 'lavc'],
  [0x6010, 0x6014, '3com'],
  [0x6559, 0x6559, 'rawfr'],
  [0x7030, 0x7030, 'prote'],
  [0x7034, 0x7034, 'cable'],
  [0x8035, 0x8035, 'rarp'],
  [0x809b, 0x809b, 'atalk'],
  [0x80c4, 0x80c5, 'ban'],
  [0x80d5, 0x80d5, 'sna'],
  [0x80f3, 0x80f3, 'aarp'],
  [0x8130, 0x8130, 'hayes'],
  [0x8137, 0x8138, 'ipx/spx'],
  [0x814c, 0x814c, 'snmp'],
  [0x817d, 0x817d, 'xtp'],
  [0x8180, 0x8180, 'hippi'],
  [0x8181, 0x8181, 'stp'],
  [0x86dd, 0x86dd, 'ipv6'],
  [0x8808, 0x8808, 'mac'],
  [0x8809, 0x8809, 'slow'],
  [0x880b, 0x880b, 'ppp'],
  [0x886d, 0x886d, 'ans'],
  [0x886f, 0x886f, 'nlb'],
  [0x8881, 0x8881, 'cdma'],
  [0x888e, 0x888e, 'eapol'],
  [0x8892, 0x8892, 'prof'],
  [0x889a, 0x889a, 'hscsi'],
  [0x889b, 0x889b, 'csm'],
  [0x88a2, 0x88a2, 'aoe'],
  [0x88b7, 0x88b7, 'oui'],
  [0x88b8, 0x88ba, 'gse'],
  [0x88c7, 0x88c7, 'rsn'],
  [0x88ca, 0x88ca, 'tipc'],
  [0x88cc, 0x88cc, 'lldp'],
  [0x88d2, 0x88d2, '3gpp'],
  [0x9000, 0x9000, 'loop'],
  [0x9001, 0x9001, 'xnssm'],
  [0x9002, 0x9002, '3coms'],
  [0x9003, 0x9003, '3coml'],
  [0x9021, 0x9021, 'rtmac'],
  [0x9022, 0x9022, 'rtcfg'],

  [0x0842, 0x0842, 'wol'],
  [0x22f3, 0x22f3, 'trill'],
  [0x22f0, 0x22f0, 'avtp'],
  [0x8100, 0x8100, 'vlan'],
  [0x8847, 0x8848, 'mpls'],
  [0x8863, 0x8864, 'pppoe'],
  [0x88a4, 0x88a4, 'ecat'],
  [0x88a8, 0x88a8, 'qinq'],
  [0x88e1, 0x88e1, 'hpav'],
  [0x88e5, 0x88e5, 'macsec'],
  [0x88e7, 0x88e7, 'pbb'],
  [0x88f5, 0x88f5, 'mvrp'],
  [0x88f6, 0x88f6, 'mmrp'],
  [0x88f7, 0x88f7, 'ptp'],
  [0x8902, 0x8902, 'cfm'],
  [0x8906, 0x8906, 'fcoe'],
  [0x8914, 0x8914, 'fip'],
  [0x8915, 0x8915, 'roce'],
  [0x892f, 0x892f, 'hsr'],
];

const NAMES: ReadonlyMap<number, string> = new Map(
  RANGES.flatMap(([first, last, name]) =>
    Array.from({ length: last - first + 1 }, (_, i): readonly [number, string] => [first + i, name]),
  ),
);

const NUMBERS: ReadonlyMap<string, number> = new Map(RANGES.map(([first, , name]) => [name, first]).toReversed() as [string, number][]); // prettier-ignore

/** @param number 16 bits @returns undefined where there is no name */
export function etherTypeName(number: number): string | undefined {
  return NAMES.get(number);
}

/** The first number that has the name, which is in lower case. */
export function etherTypeNumber(name: string): number | undefined {
  return NUMBERS.get(name);
}

/** LLC service access points, as Argus prints them (even: individual or group address 0; IEEE 802.2). */
const SAPS: ReadonlyMap<number, string> = new Map([
  [0x02, 'gsap'],
  [0x03, 'isap'],
  [0x04, 'snapath'],
  [0x06, 'ipsap'],
  [0x08, 'sna1'],
  [0x0c, 'sna2'],
  [0x0e, 'p-nm'],
  [0x18, 'ti'],
  [0x42, 'stp'],
  [0x4e, 'eia'],
  [0x7e, 'x25'],
  [0x80, 'xns'],
  [0x86, 'nestar'],
  [0x8e, 'p-aslm'],
  [0x98, 'arp'],
  [0xaa, 'snap'],
  [0xba, 'vine1'],
  [0xbc, 'vine2'],
  [0xe0, 'netware'],
  [0xf0, 'netbios'],
  [0xf4, 'ibmnm'],
  [0xf8, 'rpl1'],
  [0xfa, 'ub'],
  [0xfc, 'rpl2'],
  [0xfe, 'clns'],
  [0xff, 'gbl'],
]);

/** @param sap 0–255 @returns undefined where there is no name */
export function sapName(sap: number): string | undefined {
  return SAPS.get(sap);
}
