import { serviceName } from '../../address/ports.ts';
import { columnNumbers } from '../numbers.ts';
import { IP_PROTOCOL } from '../fields/protocol.ts';
import { STORED_FIELDS } from '../fields/stored.ts';
import { FIELDS, isStored, type FieldName } from '../fields/table.ts';
import { BLOCK_ROWS, plainBlock, type BlockCell, type Image } from './block-cell.ts';
import type { Cell } from './cell.ts';
import { decimalDigits } from './digits.ts';
import { writePort } from './number-block.ts';
import { copyWords, viewOf } from './words.ts';

const PORTS = 1 << 16;

const ports = new Float64Array(BLOCK_ROWS);
const protocols = new Float64Array(BLOCK_ROWS);

/** What is known of a port: nothing, that it has no name, or else the number of its name's image, which is at least `NAMED`. */
const UNKNOWN = 0;
const NAMELESS = 1;
const NAMED = 2;

/** Names whose images are kept. */
const NAMES_MAX = 4096;

/** Ports by name, or by number where they have none, left-aligned. `cell` writes what is new, and what stands in the place of ports. */
export function namedPortBlock(name: FieldName, cell: Cell, image: Image): BlockCell {
  const field = FIELDS[name];
  const { left, width } = image.place;
  if (!isStored(field) || !left || width < decimalDigits(PORTS - 1)) return plainBlock(cell, image);
  let known: KnownPorts | undefined;
  return (batch) => {
    const { tcp, udp, learn, names } = (known ??= knownPorts(image));
    const write = cell(batch);
    const readPorts = columnNumbers(batch, field.number);
    const readProtocols = columnNumbers(batch, STORED_FIELDS.ipproto.number);
    return (bytes, first, stride, rows) => {
      readPorts(rows, ports);
      readProtocols(rows, protocols);
      const view = viewOf(bytes);
      let place = first;
      for (let i = 0; i < rows.length; i++, place += stride) {
        const port = ports[i]!;
        const protocol = protocols[i]!;
        const isPort = port >= 0 && protocol >= 0;
        const own = protocol === IP_PROTOCOL.udp ? udp : tcp;
        const number = isPort ? own[port]! : UNKNOWN;
        if (number === NAMELESS) writePort(view, place, port, decimalDigits(port), image.place);
        else if (number >= NAMED) copyWords(view, place, names, number * image.size, image.size);
        else {
          if (!image.make(write, rows[i]!)) return false;
          image.copyTo(bytes, place);
          if (isPort) learn(own, port);
        }
      }
      return true;
    };
  };
}

interface KnownPorts {
  readonly tcp: Uint16Array;
  readonly udp: Uint16Array;
  /** Images of names by number. */
  readonly names: DataView;
  /** Takes what `image` has for that of a port. */
  readonly learn: (known: Uint16Array, port: number) => void;
}

function knownPorts(image: Image): KnownPorts {
  const tcp = new Uint16Array(PORTS);
  const udp = new Uint16Array(PORTS);
  const names = new Uint8Array(NAMES_MAX * image.size);
  let next = NAMED;
  const learn = (known: Uint16Array, port: number): void => {
    if (serviceName(port, known === udp ? 'udp' : 'tcp') === undefined) known[port] = NAMELESS;
    else if (next < NAMES_MAX) {
      image.copyTo(names, next * image.size);
      known[port] = next++;
    }
  };
  return { tcp, udp, names: viewOf(names), learn };
}
