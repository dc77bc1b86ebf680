import { NO_FEATURES, type Features } from '../../libs/flow/optional-rows.ts';
import { PacketGroup } from '../../libs/flow/packet-group.ts';
import { BatchReporter } from '../../libs/flow/report.ts';
import { FlowTable } from '../../libs/flow/table.ts';
import { decodePacket } from '../../libs/packet/decode.ts';
import { plainRecords, type PlainRecord } from './flow-lab.ts';

const START_US = 1_700_000_000_000_000;

/** A decoder and a flow table, fed with packets as they were captured. */
export class PacketLab {
  readonly records: PlainRecord[] = [];
  readonly #reporter: BatchReporter;
  readonly #table: FlowTable;
  readonly #group = new PacketGroup();

  constructor(features: Partial<Features> = {}) {
    this.#reporter = new BatchReporter({ source: 'lab', run: START_US }, { next: 0 }, 100, (batch) => {
      this.records.push(...plainRecords(batch));
    });
    const options = { flowsMax: 1000, statusUs: 5_000_000, seed: 1, features: { ...NO_FEATURES, ...features } };
    this.#table = new FlowTable(options, this.#reporter);
  }

  /** Counts a packet at `seconds` after the start. */
  at(seconds: number, bytes: Uint8Array, linkType = 1): this {
    const group = this.#group;
    group.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    decodePacket(group.view, 0, bytes.length, bytes.length, linkType, group.headers[0]!);
    group.count = 1;
    group.timeUs[0] = START_US + Math.round(seconds * 1e6);
    group.wire[0] = bytes.length;
    group.linkType[0] = linkType;
    this.#table.add(group);
    return this;
  }

  /** The records of all flows, in the order in which the flows began. */
  end(): PlainRecord[] {
    this.#table.flush();
    this.#reporter.flush();
    return this.records.sort((a, b) => Number(a['flowid']) - Number(b['flowid']));
  }
}
