/** libpcap's own number of raw IP. */
const DLT_RAW = process.platform === 'openbsd' ? 14 : 12;

/** Link types whose number in files (LINKTYPE_) and in libpcap (DLT_) differ; the rest are the same in both. */
const DIFFERENT: readonly (readonly [inFiles: number, inLibpcap: number])[] = [
  [100, 11], // LLC/SNAP over ATM
  [101, DLT_RAW],
  [102, 15], // SLIP of BSD/OS
  [103, 16], // PPP of BSD/OS
  [106, 19], // classical IP over ATM
];

/** libpcap's number of a link type in files. */
export function dltOf(linkType: number): number {
  return DIFFERENT.find(([inFiles]) => inFiles === linkType)?.[1] ?? linkType;
}

/** The number in files of libpcap's link type. */
export function linkTypeOf(dlt: number): number {
  return DIFFERENT.find(([, inLibpcap]) => inLibpcap === dlt)?.[0] ?? dlt;
}
