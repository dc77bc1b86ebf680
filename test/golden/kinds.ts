import { Readable } from 'node:stream';
import { Probe } from '../../apps/argus/probe.ts';
import { openCaptureFile } from '../../libs/capture/open-capture.ts';
import { parseFieldSpec } from '../../libs/record/print/field-spec.ts';
import { DEFAULT_COLUMNS } from '../../libs/record/print/options.ts';
import { RecordPrinter } from '../../libs/record/print/printer.ts';
import { SAMPLES, type Sample } from '../packet/samples.ts';
import { pcapFile } from '../support/pcap-writer.ts';

const COLUMNS = 'flgs,proto,saddr,sport,dir,daddr,dport,pkts,bytes,state,senc,svlan,sovlan,smpls,tunkind,tunid,tunsrc,tundst,tundepth'; // prettier-ignore
const START_US = 1_772_366_400_000_000;

/** Every kind of packet in a capture of its own, and the records that a probe makes of it. */
export async function recordsOfKinds(): Promise<string> {
  const printer = new RecordPrinter(parseFieldSpec([COLUMNS], DEFAULT_COLUMNS), { delimiter: ',', numeric: 1 });
  const parts = [printer.header()];
  for (const sample of SAMPLES) {
    parts.push(`# ${sample.name}, link type ${sample.linkType}\n`, await recordsOf(sample, printer));
  }
  return parts.join('');
}

async function recordsOf({ bytes, linkType }: Sample, printer: RecordPrinter): Promise<string> {
  const capture = pcapFile([{ timeUs: START_US, bytes }], { linkType });
  let text = '';
  const probe = new Probe(
    {
      origin: { source: 'golden', run: START_US },
      table: { flowsMax: 16, statusUs: 5_000_000, seed: 1 },
      rowsMax: 100,
      packets: { first: 1, last: -1 },
      snaplen: 65_535,
      flushMs: 0,
      shard: { index: 0, count: 1 },
    },
    (batch) => (text += printer.rows(batch, undefined, batch.rows)),
  );
  const source = await openCaptureFile('-', { stdin: Readable.from([capture], { objectMode: true }) });
  await probe.read(source, new AbortController().signal, () => undefined);
  await source.close();
  probe.flush();
  return text;
}
