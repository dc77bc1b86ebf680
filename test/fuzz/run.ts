import { parseArgs } from 'node:util';
import { AREAS, areasOf, type Area } from './areas.ts';

const USAGE = `usage: npm run fuzz -- [--seed N] [--seconds S] [AREA...]
areas: ${AREAS.map(({ name }) => name).join(' ')}`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string' }, seconds: { type: 'string', default: '60' } },
});
const firstSeed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const seconds = Number(values.seconds);
const areas = areasOf(positionals);

if (areas === undefined || !Number.isSafeInteger(firstSeed) || !(seconds > 0)) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  for (const area of areas) await fuzzArea(area, (1000 * seconds) / areas.length);
}

/** Slices with seeds counted up from the first, until the time is over. */
async function fuzzArea(area: Area, milliseconds: number): Promise<void> {
  const started = performance.now();
  let runs = 0;
  for (let seed = firstSeed; performance.now() - started < milliseconds; seed++) {
    const result = await area.fuzz({ seed, runs: area.sliceRuns });
    runs += result.runs;
    if (result.problems.length === 0) continue;
    process.exitCode = 1;
    console.log(`${area.name}: ${result.problems.length} problems with seed ${seed}, runs ${area.sliceRuns}`);
    for (const problem of result.problems) console.log(`  ${problem}`);
  }
  const perSecond = (1000 * runs) / (performance.now() - started);
  console.log(`${area.name}: ${runs} ${area.thing}, ${perSecond.toFixed(0)} a second, from seed ${firstSeed}`);
}
