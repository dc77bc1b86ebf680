import { compileFilter } from '../../libs/filter/compile.ts';
import { timesNode } from '../../libs/filter/narrowing.ts';
import { parseTimeRange } from '../../libs/time/range.ts';
import { IPV4_ADDRESS } from '../../libs/packet/headers.ts';
import { BATCH_ROWS_MAX, FLOW_BATCH, type Batch } from '../../libs/record/batch.ts';
import { BatchBuilder } from '../../libs/record/builder.ts';
import { STORED_FIELDS } from '../../libs/record/fields/stored.ts';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { median } from './measure.ts';
import { millions, tableText } from './table.ts';

const ROUNDS = 7;
const BATCHES = 8;
/** As often as a round goes over all batches. */
const PASSES = 8;

/** One of each kind of test, from the cheapest. */
const FILTERS: readonly string[] = [
  'tcp',
  'port 80',
  'dst port 80',
  'tcp and port 80',
  'port in (80, 443, 8080-8090)',
  'host 10.0.7.9',
  'src host 10.0.7.9',
  'net 10.0.0.0/16',
  'host 10.0.7.9-10.0.7.99',
  'tcp and port 80 and host 10.0.7.9',
  'bytes gt 10k',
  'sbytes gt 10k',
  'dur gt 1s',
  'not udp',
  'rate gt 100',
  'state eq RST',
  'suser ~ "GET .*HTTP"',
];

/** A hundredth of the time that the records take. */
const RANGE = '1767225605.00-1767225605.16';

export const FILTER_BENCH: Bench = {
  name: 'filter',
  about:
    'how many records a second each kind of test looks at, in one thread, without files; beside it a plain loop over an array',
  run: filterBench,
};

function filterBench(options: BenchOptions): Promise<BenchResult> {
  const batches = Array.from({ length: BATCHES }, (_, number) => batchOf(number));
  const records = BATCHES * BATCH_ROWS_MAX * PASSES;
  const works: [string, () => number][] = [
    ['a loop over one array', () => batches.reduce((sum, batch) => sum + plainLoop(batch), 0)],
    ...[...FILTERS, `-t ${RANGE}`].map((text): [string, () => number] => {
      const { select } = text.startsWith('-t')
        ? compileFilter('', [timesNode([parseTimeRange(RANGE, { nowMs: 0 })])])
        : compileFilter(text);
      const rows = new Uint32Array(BATCH_ROWS_MAX);
      return [text, () => batches.reduce((sum, batch) => sum + select(batch, allRows(rows), batch.rows), 0)];
    }),
  ];
  const rates = works.map((): number[] => []);
  const matched = works.map(() => 0);
  for (let round = 0; round < (options.rounds ?? ROUNDS); round++) {
    works.forEach(([, work], index) => {
      const start = performance.now();
      for (let pass = 0; pass < PASSES; pass++) matched[index] = work();
      rates[index]!.push(records / ((performance.now() - start) / 1000));
    });
  }
  const rows = works.map(([name], index) => ({
    filter: name,
    rate: median(rates[index]!),
    share: matched[index]! / (BATCHES * BATCH_ROWS_MAX),
  }));
  const text = tableText(
    ['filter', 'records/s', 'matched'],
    rows.map(({ filter, rate, share }) => [filter, millions(rate), `${(100 * share).toFixed(1)} %`]),
  );
  return Promise.resolve({ text, json: { filters: rows }, isGood: true });
}

function allRows(rows: Uint32Array): Uint32Array {
  for (let row = 0; row < rows.length; row++) rows[row] = row;
  return rows;
}

/** What the cheapest test costs that can be: row numbers, one array, no branch. */
const numbers = new Uint32Array(BATCH_ROWS_MAX);
function plainLoop(batch: Batch): number {
  const rows = allRows(numbers);
  const column = batch.columns[STORED_FIELDS.ipproto.number];
  if (column === undefined || !('values' in column)) return 0;
  const values = column.values as Uint8Array;
  let kept = 0;
  for (let i = 0; i < batch.rows; i++) {
    const row = rows[i]!;
    rows[kept] = row;
    kept += Number(values[row] === 6);
  }
  return kept;
}

const PAYLOADS = ['GET /index.html HTTP/1.1', 'SSH-2.0-OpenSSH_9.2', '\x16\x03\x01\x02', ''].map((text) =>
  Buffer.from(text, 'latin1'),
);

/** Flows that a generator makes from a seed: addresses of a few thousand hosts, the usual ports. */
function batchOf(seed: number): Batch {
  let state = seed * 2_654_435_761 + 1;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const builder = new BatchBuilder(BATCH_ROWS_MAX);
  const number = (
    name:
      | 'etype'
      | 'ipproto'
      | 'sport'
      | 'dport'
      | 'spkts'
      | 'dpkts'
      | 'sbytes'
      | 'dbytes'
      | 'dur'
      | 'stime'
      | 'tcpstate'
      | 'cause',
    row: number,
    value: number,
  ): void => {
    const field = STORED_FIELDS[name];
    builder.number(field.number, field.kind).set(row, value);
  };
  const ports = [80, 443, 53, 22, 8080, 25, 993, 5353];
  for (let i = 0; i < BATCH_ROWS_MAX; i++) {
    const row = builder.addRow();
    number('etype', row, 0x0800);
    number('ipproto', row, next(3) === 0 ? 17 : 6);
    number('sport', row, 1024 + next(60_000));
    number('dport', row, ports[next(ports.length)]!);
    number('spkts', row, 1 + next(100));
    number('dpkts', row, next(100));
    number('sbytes', row, 60 + next(30_000));
    number('dbytes', row, next(30_000));
    number('dur', row, next(4_000_000_000));
    number('stime', row, 1_767_225_600_000_000 + i * 1000);
    number('tcpstate', row, next(256));
    number('cause', row, 1 + next(5));
    builder.address(STORED_FIELDS.saddr.number).set(row, IPV4_ADDRESS, 0, 0, 0xffff, 0x0a00_0000 + next(4096));
    builder.address(STORED_FIELDS.daddr.number).set(row, IPV4_ADDRESS, 0, 0, 0xffff, 0xc000_0200 + next(4096));
    const payload = PAYLOADS[next(PAYLOADS.length)]!;
    builder.bytes(STORED_FIELDS.suser.number).set(row, payload, 0, payload.length);
  }
  return builder.finish(FLOW_BATCH, { source: 'bench', run: 1 }, 0);
}
