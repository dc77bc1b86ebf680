import { MANAGEMENT_BATCH, type Batch } from '../batch.ts';
import { FIELDS, type FieldName } from '../fields/table.ts';
import { MANAGEMENT_FIELDS } from '../fields/management.ts';
import { CELL_BYTES, type Cell } from './cell.ts';
import { cellOf } from './cells.ts';
import { isoTimeCell } from './iso-time.ts';
import { managementCellOf } from './management.ts';
import type { PrintColumn, Settings } from './options.ts';
import { eachRow, type RowWriter, type Style } from './style.ts';
import { TextBuffer } from './text-buffer.ts';

const PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Attributes that are not named as their column is headed. */
const ATTRIBUTES: Readonly<Partial<Record<FieldName, string>>> = {
  flgs: 'Flags',
  sport: 'SrcPort',
  dport: 'DstPort',
  dur: 'Duration',
  pkts: 'Pkts',
  bytes: 'Bytes',
  appbytes: 'AppBytes',
  sappbytes: 'SrcAppBytes',
  dappbytes: 'DstAppBytes',
  smac: 'SrcMacAddr',
  dmac: 'DstMacAddr',
  senc: 'SrcEncaps',
  denc: 'DstEncaps',
  stos: 'SrcTos',
  dtos: 'DstTos',
  sdsb: 'SrcDSByte',
  ddsb: 'DstDSByte',
  sttl: 'SrcTtl',
  dttl: 'DstTtl',
  shops: 'SrcHops',
  dhops: 'DstHops',
  sipid: 'SrcIpId',
  dipid: 'DstIpId',
  pcr: 'PCR',
  ploss: 'PctLoss',
  tf: 'TransEff',
  sintpkt: 'SrcIntPkt',
  dintpkt: 'DstIntPkt',
  smeansz: 'SrcMeanPktSize',
  dmeansz: 'DstMeanPktSize',
  sminsz: 'SrcMinPktSize',
  dminsz: 'DstMinPktSize',
  smaxsz: 'SrcMaxPktSize',
  dmaxsz: 'DstMaxPktSize',
  synack: 'TcpSynAck',
  ackdat: 'TcpAckDat',
  tcpopt: 'TcpOptions',
  suser: 'SrcUserData',
  duser: 'DstUserData',
  seq: 'SeqNumber',
  srcid: 'SourceId',
  runtime: 'Run',
};

const MANAGEMENT_NAMES: readonly FieldName[] = [
  'stime',
  'srcid',
  'state',
  'cause',
  'dur',
  ...(Object.keys(MANAGEMENT_FIELDS) as (keyof typeof MANAGEMENT_FIELDS)[]),
  'offset',
];

interface Attribute {
  /** ` Name = "` */
  readonly opening: string;
  readonly cell: Cell;
}

/** A well-formed document (XML 1.0): a stream element, and an element with attributes for each record. */
export function xmlStyle(columns: readonly PrintColumn[], settings: Settings): Style {
  const flow = attributes(columns, settings, cellOf);
  const management = attributes(MANAGEMENT_NAMES.map((name) => ({ name })), settings, managementCellOf); // prettier-ignore
  let begun = false;
  const begin = (source: string | undefined): string => {
    if (begun) return '';
    begun = true;
    return `${PROLOG}<ArgusDataStream${source === undefined ? '' : ` ArgusSourceId = "${escaped(source)}"`}>\n`;
  };
  return {
    header: () => '', // which source it is says the first record
    footer: () => `${begin(undefined)}</ArgusDataStream>\n`,
    open: (batch) => {
      const opening = begin(batch.origin.source);
      const isManagement = batch.kind === MANAGEMENT_BATCH;
      const element = isManagement ? 'ArgusManagementRecord' : 'ArgusFlowRecord';
      return eachRow(elementWriter(opening, element, isManagement ? management : flow, batch));
    },
  };
}

function attributes(
  columns: readonly PrintColumn[],
  settings: Settings,
  cellFor: (column: PrintColumn, settings: Settings) => Cell,
): Attribute[] {
  const used = new Set<string>();
  const found: Attribute[] = [];
  for (const column of columns) {
    const field = FIELDS[column.name];
    const name = ATTRIBUTES[column.name] ?? field.heading;
    if (name === '' || used.has(name)) continue; // an attribute stands once
    used.add(name);
    const iso = field.format === 'time' && column.format === undefined && !settings.unixTime;
    const cell = iso ? isoTimeCell(column.name, field) : cellFor(column, settings);
    found.push({ opening: ` ${name} = "`, cell });
  }
  return found;
}

function elementWriter(opening: string, element: string, list: readonly Attribute[], batch: Batch): RowWriter {
  const writers = list.map(({ cell }) => cell(batch));
  let before = opening;
  const scratch = new TextBuffer();
  return (out, row) => {
    out.text(`${before} <${element}`);
    before = '';
    for (let i = 0; i < writers.length; i++) {
      scratch.clear();
      scratch.ensure(CELL_BYTES);
      writers[i]!(scratch, row);
      if (scratch.end > 0) out.text(`${list[i]!.opening}${escaped(scratch.toString())}"`);
    }
    out.text(`></${element}>\n`);
  };
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** For an attribute value; characters that XML 1.0 §2.2 forbids become dots. */
function escaped(text: string): string {
  return text.replace(/[&<>"\p{Cc}\p{Cs}\ufffe\uffff]/gu, (character) => ENTITIES[character] ?? '.');
}
