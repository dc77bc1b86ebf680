import { serviceName } from '../../address/ports.ts';
import { mirrorBatch, mirrorOf } from '../../aggregate/mirror.ts';
import { UsageError } from '../../core/errors.ts';
import { didYouMean } from '../../core/nearest.ts';
import { FLOW_BATCH, type Batch } from '../../record/batch.ts';
import type { NumberColumn } from '../../record/columns.ts';
import { TCP_STATE } from '../../record/fields/field.ts';
import { IP_PROTOCOL } from '../../record/fields/protocol.ts';
import { STORED_FIELDS } from '../../record/fields/stored.ts';
import { mergeBatches } from '../../record/reblock.ts';
import { copyRows } from '../../record/select.ts';
import type { InputSettings } from './input-settings.ts';

/** Which of two ports is that of a server: 1 the first, -1 the second, 0 where neither can be. */
type Judge = (port: number, other: number) => number;

const among =
  (isServer: (port: number) => boolean): Judge =>
  (port, other) => {
    const [one, two] = [isServer(port), isServer(other)];
    if (one !== two) return one ? 1 : -1;
    return one ? Math.sign(other - port) : 0;
  };

/** In the order in which they are asked. Ranges of ports are those of RFC 6335 §6; of two registered ones the lower counts. */
const JUDGES: Readonly<Record<string, Judge>> = {
  wellknown: among((port) => port < 1024),
  services: among((port) => serviceName(port, 'tcp') !== undefined),
  registered: (port, other) => (isRegistered(port) || isRegistered(other) ? Math.sign(other - port) : 0),
};

function isRegistered(port: number): boolean {
  return port >= 1024 && port < 49152;
}

const { ipproto, sport, dport, tcpstate } = STORED_FIELDS;
const LOOKED_AT = [ipproto.number, sport.number, dport.number, tcpstate.number];

/** Nothing is chosen before records have their direction. */
const AS_THEY_COME = {
  peek: undefined,
  mayHold: undefined,
  scan: undefined,
  deferred: undefined,
  serverFilter: '',
} as const;

/** Turns records of TCP whose start nobody saw so that the port of a server is that of the responder. */
export class PortDirection {
  readonly #judges: readonly Judge[];

  /**
   * @param text words of `JUDGES` with commas between them
   * @throws {UsageError} for other words
   */
  constructor(text: string) {
    const words = text.split(',').map((word) => word.trim());
    const names = Object.keys(JUDGES);
    const wrong = words.find((word) => !names.includes(word));
    if (wrong !== undefined) {
      const hint = didYouMean(wrong, names) || `They are ${names.join(', ')}, with commas between them.`;
      throw new UsageError(`ports cannot tell the direction by '${wrong}'`, { hint });
    }
    this.#judges = names.filter((name) => words.includes(name)).map((name) => JUDGES[name]!);
  }

  /** How records are to be read whose direction may change. */
  static settings<S extends Pick<InputSettings, 'fields'>>(settings: S): S & typeof AS_THEY_COME {
    const { fields } = settings;
    return {
      ...settings,
      ...AS_THEY_COME,
      fields: fields && new Set([...fields, ...LOOKED_AT].flatMap((field) => [field, mirrorOf(field)])),
    };
  }

  /** The same records, some of them turned. */
  turn(batch: Batch): Batch {
    const rows = batch.kind === FLOW_BATCH ? this.#turnedRows(batch) : [];
    if (rows.length === 0) return batch;
    const turned = mirrorBatch(copyRows(batch, Uint32Array.from(rows), rows.length));
    const order = Uint32Array.from({ length: batch.rows }, (_, row) => row);
    rows.forEach((row, i) => (order[row] = batch.rows + i));
    const all = mergeBatches([{ ...batch, unknown: [] }, turned]);
    return { ...copyRows(all, order, order.length), first: batch.first, covers: batch.covers };
  }

  #turnedRows({ columns, rows }: Batch): number[] {
    const [protocol, source, destination, state] = LOOKED_AT.map((field) => columns[field] as NumberColumn | undefined);
    if (protocol === undefined || source === undefined || destination === undefined || state === undefined) return [];
    const turned: number[] = [];
    for (let row = 0; row < rows; row++) {
      if (protocol.values[row] !== IP_PROTOCOL.tcp || !protocol.has(row) || !state.has(row)) continue;
      if ((state.values[row]! & (TCP_STATE.syn | TCP_STATE.synAck)) !== 0) continue;
      if (!source.has(row) || !destination.has(row)) continue;
      if (this.#isTurned(source.values[row]!, destination.values[row]!)) turned.push(row);
    }
    return turned;
  }

  #isTurned(sourcePort: number, destinationPort: number): boolean {
    for (const judge of this.#judges) {
      const server = judge(sourcePort, destinationPort);
      if (server !== 0) return server > 0;
    }
    return false;
  }
}
