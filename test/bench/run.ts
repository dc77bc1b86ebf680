import { parseArgs } from 'node:util';
import { ARGUS3_BENCH } from './argus3.ts';
import type { Bench } from './bench.ts';
import { SHAPE_NAMES } from './captures.ts';
import { DECODE_BENCH } from './decode.ts';
import { FANOUT_BENCH } from './fanout.ts';
import { FILTER_BENCH } from './filter.ts';
import { LIVE_BENCH } from './live.ts';
import { PROBE_BENCH } from './probe.ts';
import { QUERY_BENCH } from './query.ts';
import { SCALE_BENCH } from './scale.ts';

const BENCHES: readonly Bench[] = [
  PROBE_BENCH,
  SCALE_BENCH,
  DECODE_BENCH,
  LIVE_BENCH,
  FANOUT_BENCH,
  FILTER_BENCH,
  ARGUS3_BENCH,
  QUERY_BENCH,
];

const USAGE = `usage: npm run bench -- NAME... [--json] [--rounds N] [--packets N] [--flows N] [--only WORDS] [--shape SHAPE]
${BENCHES.map(({ name, about }) => `  ${name.padEnd(8)} ${about}`).join('\n')}
shapes of the probe's capture: ${SHAPE_NAMES.join(', ')}`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean' },
    rounds: { type: 'string' },
    packets: { type: 'string' },
    flows: { type: 'string' },
    only: { type: 'string' },
    shape: { type: 'string' },
  },
});
const unknown = positionals.filter((word) => !BENCHES.some(({ name }) => name === word));
const rounds = countOf(values.rounds);
const packets = countOf(values.packets);
const flows = countOf(values.flows);
const shape = SHAPE_NAMES.find((name) => name === values.shape);

const isShapeKnown = values.shape === undefined || shape !== undefined;

if (positionals.length === 0 || unknown.length > 0 || [rounds, packets, flows].some(Number.isNaN) || !isShapeKnown) {
  console.error(unknown.length > 0 ? `No bench is called '${unknown.join("' or '")}'.\n${USAGE}` : USAGE);
  process.exitCode = 2;
} else {
  const results: Record<string, object> = {};
  for (const bench of BENCHES.filter(({ name }) => positionals.includes(name))) {
    const { text, json, isGood } = await bench.run({ rounds, packets, flows, only: values.only, shape });
    results[bench.name] = json;
    if (values.json !== true) console.log(`${text}\n`);
    if (!isGood) process.exitCode = 1;
  }
  if (values.json === true) console.log(JSON.stringify(results, undefined, 2));
}

/** A whole number of at least 1, or NaN. */
function countOf(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  const count = Number(word);
  return Number.isSafeInteger(count) && count >= 1 ? count : Number.NaN;
}
