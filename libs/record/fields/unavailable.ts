import type { DerivedField } from './field.ts';

const nothing = (): undefined => undefined;

const absent = (number: number, heading: string, width: number, about: string) =>
  ({ number, kind: 'text', heading, width, format: 'text', from: [], compute: nothing, about }) as const;

const NO_CLOCK = 'needs the time or place of reading, which a record does not hold';
const NO_TABLE = 'needs a table of countries or networks';
const NO_LOCAL = 'needs to know which networks are local';
const NO_UDT = 'counters of UDT, which is not decoded';
const NO_HISTOGRAM = 'histograms are not gathered';
const NO_RADIO = 'radio names are not decoded';
const NO_KEYS = 'keystrokes are not looked for';
const NO_CORRELATION = 'records of several observers are not compared';
const NO_DELTA = 'records are not compared with each other';
const NO_BIN = 'records are not put in bins';

/**
 * Names that Argus knows and whose values nobody here can tell: their columns are empty, so that scripts which ask for
 * them go on working.
 */
export const UNAVAILABLE_FIELDS = {
  rtime: absent(2000, 'RelTime', 12, NO_CLOCK),
  srng: absent(2002, 'SRange', 6, NO_CLOCK),
  erng: absent(2003, 'ERange', 6, NO_CLOCK),
  autoid: absent(2005, 'AutoId', 6, NO_CLOCK),
  cor: absent(2007, 'Cor', 12, NO_CORRELATION),
  laddr: absent(2010, 'LocalAddr', 18, NO_LOCAL),
  raddr: absent(2011, 'RemoteAddr', 18, NO_LOCAL),
  lnet: absent(2012, 'LocalNet', 18, NO_LOCAL),
  rnet: absent(2013, 'RemoteNet', 18, NO_LOCAL),
  bssid: absent(2020, 'Bssid', 18, NO_RADIO),
  ssid: absent(2021, 'Ssid', 9, NO_RADIO),
  sco: absent(2030, 'sCo', 3, NO_TABLE),
  dco: absent(2031, 'dCo', 3, NO_TABLE),
  ico: absent(2032, 'iCo', 3, NO_TABLE),
  sas: absent(2033, 'sAS', 6, NO_TABLE),
  das: absent(2034, 'dAS', 6, NO_TABLE),
  ias: absent(2035, 'iAS', 5, NO_TABLE),
  nacks: absent(2040, 'Nacks', 7, NO_UDT),
  snacks: absent(2041, 'SrcNacks', 8, NO_UDT),
  dnacks: absent(2042, 'DstNacks', 8, NO_UDT),
  pnacks: absent(2043, 'pNacks', 7, NO_UDT),
  spnacks: absent(2044, 'pSrcNack', 8, NO_UDT),
  dpnacks: absent(2045, 'pDstNack', 8, NO_UDT),
  solo: absent(2046, 'Solo', 7, NO_UDT),
  ssolo: absent(2047, 'SrcSolo', 8, NO_UDT),
  dsolo: absent(2048, 'DstSolo', 8, NO_UDT),
  psolo: absent(2049, 'pSolo', 7, NO_UDT),
  spsolo: absent(2050, 'pSrcSolo', 8, NO_UDT),
  dpsolo: absent(2051, 'pDstSolo', 8, NO_UDT),
  first: absent(2052, 'First', 7, NO_UDT),
  pfirst: absent(2053, 'pFirst', 7, NO_UDT),
  spfirst: absent(2054, 'pSrcFirs', 8, NO_UDT),
  dpfirst: absent(2055, 'pDstFirs', 8, NO_UDT),
  sintdist: absent(2060, 'SIntDist', 8, NO_HISTOGRAM),
  sintdistact: absent(2061, 'SIntActDist', 11, NO_HISTOGRAM),
  sintdistidl: absent(2062, 'SIntIdlDist', 11, NO_HISTOGRAM),
  dintdist: absent(2063, 'DIntDist', 8, NO_HISTOGRAM),
  dintdistact: absent(2064, 'DIntActDist', 11, NO_HISTOGRAM),
  dintdistidl: absent(2065, 'DIntIdlDist', 11, NO_HISTOGRAM),
  spktsz: absent(2066, 'sPktSz', 12, NO_HISTOGRAM),
  dpktsz: absent(2067, 'dPktSz', 12, NO_HISTOGRAM),
  jdelay: absent(2070, 'JDelay', 12, NO_CORRELATION),
  ldelay: absent(2071, 'LDelay', 12, NO_CORRELATION),
  resp: absent(2080, 'Response', 12, 'answers are kept as duser'),
  nstroke: absent(2081, 'NStrok', 9, NO_KEYS),
  snstroke: absent(2082, 'sNStrok', 9, NO_KEYS),
  dnstroke: absent(2083, 'dNStrok', 9, NO_KEYS),
  dldur: absent(2090, 'dlDur', 12, NO_DELTA),
  dlstime: absent(2091, 'dlsTime', 12, NO_DELTA),
  dlltime: absent(2092, 'dllTime', 12, NO_DELTA),
  dlspkt: absent(2093, 'dsPkts', 6, NO_DELTA),
  dldpkt: absent(2094, 'ddPkts', 6, NO_DELTA),
  dspkts: absent(2095, 'dsPkts', 12, NO_DELTA),
  ddpkts: absent(2096, 'ddPkts', 12, NO_DELTA),
  dsbytes: absent(2097, 'dsBytes', 12, NO_DELTA),
  ddbytes: absent(2098, 'ddBytes', 12, NO_DELTA),
  pdspkts: absent(2099, 'pdsPkt', 12, NO_DELTA),
  pddpkts: absent(2100, 'pddPkt', 12, NO_DELTA),
  pdsbytes: absent(2101, 'pdsByte', 12, NO_DELTA),
  pddbytes: absent(2102, 'pddByte', 12, NO_DELTA),
  bins: { ...absent(2110, 'Bins', 7, NO_BIN), centred: true },
  binnum: absent(2111, 'Bin', 6, NO_BIN),
  tcpext: absent(2120, 'TcpExt', 12, 'never printed by Argus either'),
  xxx: absent(2121, '', 1, 'is an empty column, to set others apart'),
} as const satisfies Record<string, DerivedField>;
