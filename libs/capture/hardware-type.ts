/** Link types (LINKTYPE_) of the frames that a packet socket gives, by hardware type (ARPHRD_, linux/if_arp.h). */
const LINK_TYPES: Readonly<Record<number, number>> = {
  1: 1, // Ethernet
  772: 1, // loopback, with an Ethernet header of zeros
  768: 101, // IP in IP
  769: 101, // IP in IPv6
  776: 101, // IPv6 in IPv4
  801: 105, // Wi-Fi
  802: 119, // Wi-Fi with the Prism header
  803: 127, // Wi-Fi with radiotap
  65534: 101, // none: tun, WireGuard
  65535: 101, // void
};

/** @returns undefined for a type whose frames nobody here can read */
export function linkTypeOfHardware(type: number): number | undefined {
  return LINK_TYPES[type];
}
