import type { DerivedField, Format, Value } from './field.ts';

type Unit = NonNullable<DerivedField['unit']>;

/** A number that is what people see: no scale. */
const number = <U extends Unit | undefined>(
  id: number,
  heading: string,
  width: number,
  format: Format,
  unit: U,
  from: readonly string[],
  compute: (...values: never[]) => Value,
  about: string,
) => ({
  number: id,
  kind: 'number' as const,
  heading,
  width,
  format,
  ...(unit === undefined ? {} : { unit }),
  from,
  compute,
  ...(compute === add ? { isSum: true as const } : {}),
  about,
});

const add = (a: number, b: number): number => a + b;

/** The sum of what is known; absent when nothing is. */
const addKnown = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : a + b;

/** Parts of `whole` as a fraction; absent of nothing. */
const fraction = (part: number, whole: number): number | undefined => (whole === 0 ? undefined : part / whole);

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : (100 * part) / whole);

const NS_PER_SECOND = 1e9;

/** Bits a second; one mean packet is left out, because the time runs from the first packet to the last. */
function load(bytes: number, pkts: number, dur: number): number {
  if (pkts < 2 || dur === 0) return 0;
  return (8 * (bytes - Math.floor(bytes / pkts)) * NS_PER_SECOND) / dur;
}

/** Packets a second after the first. */
function rate(pkts: number, dur: number): number {
  return pkts < 2 || dur === 0 ? 0 : ((pkts - 1) * NS_PER_SECOND) / dur;
}

type Known = number | undefined;

/** The time of one direction where the probe measured it, else that of the record. */
const timeOf = (dur: number, first: Known, last: Known): number =>
  first === undefined || last === undefined ? dur : last - first;

const sideLoad = (bytes: number, pkts: number, dur: number, first: Known, last: Known): number =>
  load(bytes, pkts, timeOf(dur, first, last));

const sideRate = (pkts: number, dur: number, first: Known, last: Known): number => rate(pkts, timeOf(dur, first, last));

/** From -1, all from the responder, to 1, all from the initiator (producer-consumer ratio). */
const balance = (sent: number, received: number): number =>
  sent + received === 0 ? 0 : (sent - received) / (sent + received);

const LOAD_ABOUT =
  'in bits a second: 8 x (bytes - one mean packet) / dur, or / its own time where that was measured; 0 with one packet.';
const RATE_ABOUT =
  'packets a second: (packets - 1) / dur, or / its own time where that was measured; 0 with one packet.';

export const DERIVED_VOLUME_FIELDS = {
  pkts: number(1040, 'TotPkts', 8, 'integer', 'packets', ['spkts', 'dpkts'], add, 'Packets both ways.'),
  bytes: number(1041, 'TotBytes', 10, 'integer', 'bytes', ['sbytes', 'dbytes'], add, 'Bytes both ways.'),
  appbytes: number(
    1042,
    'TotAppByte',
    10,
    'integer',
    'bytes',
    ['sappbytes', 'dappbytes'],
    add,
    'Payload bytes both ways.',
  ),
  pcr: number(
    1043,
    'PCRatio',
    10,
    'decimal',
    undefined,
    ['sappbytes', 'dappbytes'],
    balance,
    'Producer-consumer ratio of payload bytes: (sappbytes - dappbytes) / (sappbytes + dappbytes), from -1 to 1.',
  ),
  abr: number(
    1044,
    'ABRatio',
    10,
    'decimal',
    undefined,
    ['sappbytes', 'dappbytes'],
    balance,
    'Application byte ratio: the same as pcr.',
  ),

  load: number(
    1045,
    'Load',
    8,
    'single',
    'bits/s',
    ['sbytes', 'spkts', 'dbytes', 'dpkts', 'dur'],
    (sbytes: number, spkts: number, dbytes: number, dpkts: number, dur: number) =>
      load(sbytes, spkts, dur) + load(dbytes, dpkts, dur),
    'Load both ways in bits a second: of each direction 8 x (bytes - one mean packet) / dur.',
  ),
  sload: number(
    1046,
    'SrcLoad',
    8,
    'single',
    'bits/s',
    ['sbytes', 'spkts', 'dur', 'sfirst?', 'slast?'],
    sideLoad,
    `Load of the initiator ${LOAD_ABOUT}`,
  ),
  dload: number(
    1047,
    'DstLoad',
    8,
    'single',
    'bits/s',
    ['dbytes', 'dpkts', 'dur', 'dfirst?', 'dlast?'],
    sideLoad,
    `Load of the responder ${LOAD_ABOUT}`,
  ),
  rate: number(
    1048,
    'Rate',
    12,
    'single',
    'packets/s',
    ['pkts', 'dur'],
    rate,
    'Packets a second both ways: (packets - 1) / dur.',
  ),
  srate: number(
    1049,
    'SrcRate',
    12,
    'single',
    'packets/s',
    ['spkts', 'dur', 'sfirst?', 'slast?'],
    sideRate,
    `From the initiator, ${RATE_ABOUT}`,
  ),
  drate: number(
    1050,
    'DstRate',
    12,
    'single',
    'packets/s',
    ['dpkts', 'dur', 'dfirst?', 'dlast?'],
    sideRate,
    `From the responder, ${RATE_ABOUT}`,
  ),

  loss: number(1051, 'Loss', 10, 'integer', 'packets', ['sloss?', 'dloss?'], addKnown, 'sloss + dloss.'),
  sloss: number(
    1052,
    'SrcLoss',
    10,
    'integer',
    'packets',
    ['sretrans?', 'slost?'],
    addKnown,
    "The initiator's packets sent again (TCP) or missing (ESP, RTP); absent where it cannot be known.",
  ),
  dloss: number(
    1053,
    'DstLoss',
    10,
    'integer',
    'packets',
    ['dretrans?', 'dlost?'],
    addKnown,
    "The responder's packets sent again (TCP) or missing (ESP, RTP); absent where it cannot be known.",
  ),
  ploss: number(
    1054,
    'pLoss',
    8,
    'percent',
    'percent',
    ['loss', 'pkts'],
    (loss: number, pkts: number) => percent(loss, pkts + loss),
    'Percent of loss in pkts + loss.',
  ),
  sploss: number(
    1055,
    'pSrcLoss',
    10,
    'percent',
    'percent',
    ['sloss', 'spkts'],
    (loss: number, pkts: number) => percent(loss, pkts + loss),
    'Percent of sloss in spkts + sloss.',
  ),
  dploss: number(
    1056,
    'pDstLoss',
    10,
    'percent',
    'percent',
    ['dloss', 'dpkts'],
    (loss: number, pkts: number) => percent(loss, pkts + loss),
    'Percent of dloss in dpkts + dloss.',
  ),
  retrans: number(
    1057,
    'Retrans',
    7,
    'integer',
    'packets',
    ['sretrans', 'dretrans'],
    add,
    'Segments sent again, both ways.',
  ),
  pretrans: number(
    1058,
    'pRetran',
    7,
    'percent',
    'percent',
    ['retrans', 'pkts'],
    percent,
    'Percent of retrans in pkts.',
  ),
  spretrans: number(
    1059,
    'pSrcRetr',
    8,
    'percent',
    'percent',
    ['sretrans', 'spkts'],
    percent,
    'Percent of sretrans in spkts.',
  ),
  dpretrans: number(
    1060,
    'pDstRetr',
    8,
    'percent',
    'percent',
    ['dretrans', 'dpkts'],
    percent,
    'Percent of dretrans in dpkts.',
  ),

  tf: number(
    1061,
    'TF',
    12,
    'decimal',
    undefined,
    ['appbytes', 'bytes'],
    fraction,
    'Transfer efficiency: appbytes / bytes.',
  ),
  stf: number(
    1062,
    'STF',
    12,
    'decimal',
    undefined,
    ['sappbytes', 'sbytes'],
    fraction,
    'Transfer efficiency of the initiator.',
  ),
  dtf: number(
    1063,
    'DTF',
    12,
    'decimal',
    undefined,
    ['dappbytes', 'dbytes'],
    fraction,
    'Transfer efficiency of the responder.',
  ),
  smeansz: number(
    1064,
    'sMeanPktSz',
    12,
    'single',
    'bytes',
    ['sbytes', 'spkts'],
    fraction,
    'Mean packet of the initiator: sbytes / spkts.',
  ),
  dmeansz: number(
    1065,
    'dMeanPktSz',
    12,
    'single',
    'bytes',
    ['dbytes', 'dpkts'],
    fraction,
    'Mean packet of the responder: dbytes / dpkts.',
  ),

  stcpmax: number(
    1066,
    'STcpMax',
    10,
    'decimal',
    'bits/s',
    ['dwin', 'tcprtt'],
    windowLimit,
    "Most that the initiator could send: 8 x the responder's window / tcprtt, in bits a second.",
  ),
  dtcpmax: number(
    1067,
    'DTcpMax',
    10,
    'decimal',
    'bits/s',
    ['swin', 'tcprtt'],
    windowLimit,
    "Most that the responder could send: 8 x the initiator's window / tcprtt, in bits a second.",
  ),
  tcprtt: {
    ...number(
      1068,
      'TcpRtt',
      12,
      'seconds',
      'seconds',
      ['synack', 'ackdat'],
      add,
      'Round trip of the TCP handshake: synack + ackdat.',
    ),
    scale: 1e-9,
  },
} as const satisfies Record<string, DerivedField>;

function windowLimit(window: number, roundTripNs: number): number | undefined {
  return roundTripNs === 0 ? undefined : (8 * window * NS_PER_SECOND) / roundTripNs;
}
