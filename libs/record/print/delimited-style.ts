import { MANAGEMENT_BATCH } from '../batch.ts';
import { FIELDS } from '../fields/table.ts';
import { CELL_BYTES } from './cell.ts';
import { cellOf } from './cells.ts';
import { headingOf } from './headings.ts';
import { managementCellOf } from './management.ts';
import type { PrintColumn, Settings } from './options.ts';
import { followsAddress } from './port-point.ts';
import { eachRow, type Style } from './style.ts';
import type { TextBuffer } from './text-buffer.ts';

const NEWLINE = 0x0a;
const POINT = 0x2e;

/** Only these hold text that others wrote, in which a delimiter may stand. */
const QUOTED: ReadonlySet<string> = new Set(['text', 'payload']);

/** Values without padding, a delimiter between them; texts that hold it are quoted as in RFC 4180 §2. */
export function delimitedStyle(columns: readonly PrintColumn[], settings: Settings): Style {
  const { delimiter, variableWidth, portPoint } = settings;
  const points = columns.map((column, i) => variableWidth && portPoint && followsAddress(column, columns[i - 1]));
  const quote = columns.map(({ name, format }) => QUOTED.has(FIELDS[name].format) || format !== undefined);
  const cells = columns.map((column) => cellOf(column, settings));
  const managementCells = columns.map((column) => managementCellOf(column, settings));
  return {
    header: () => `${columns.map(({ name }) => headingOf(name, settings)).join(delimiter)}\n`,
    footer: () => '',
    open: (batch) => {
      const writers = (batch.kind === MANAGEMENT_BATCH ? managementCells : cells).map((cell) => cell(batch));
      return eachRow((out, row) => {
        for (let i = 0; i < writers.length; i++) {
          if (i > 0) out.text(delimiter);
          out.ensure(CELL_BYTES);
          const start = out.end;
          writers[i]!(out, row);
          if (points[i]! && batch.kind !== MANAGEMENT_BATCH && out.end > start) out.bytes[start - 1] = POINT;
          if (quote[i]!) quoteFrom(out, start, delimiter);
        }
        out.ensure(1);
        out.byte(NEWLINE);
      });
    },
  };
}

function quoteFrom(out: TextBuffer, start: number, delimiter: string): void {
  if (out.end === start) return;
  const text = out.bytes.toString('utf8', start, out.end);
  if (!text.includes('"') && !/[\r\n]/.test(text) && (delimiter === '' || !text.includes(delimiter))) return;
  out.end = start;
  out.text(`"${text.replaceAll('"', '""')}"`);
}
