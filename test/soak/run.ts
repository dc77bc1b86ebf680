import { parseArgs } from 'node:util';
import { AREAS, areasOf, type Area } from '../fuzz/areas.ts';
import { coverageOf } from './coverage.ts';
import { soakLive } from './live.ts';
import { memoryInUse } from './memory.ts';

/** So much of the work comes before memory is looked at for the first time. */
const WARM_UP_SHARE = 0.1;
const REACHABLE_GROWTH_MAX = 16e6;
const RESIDENT_GROWTH_MAX = 64e6;
const PROGRESS_MS = 10_000;

/** With coverage everything is slow, and this many are enough. */
const COVERED_RUNS = 2_000_000;

const USAGE = `usage: npm run soak -- [--seed N] [--coverage LIBRARY] [AREA...]
       npm run soak -- live [--minutes N]
areas: ${AREAS.map(({ name }) => name).join(' ')}`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    coverage: { type: 'string' },
    minutes: { type: 'string', default: '20' },
  },
});
const firstSeed = Number(values.seed);
const isLive = positionals.length === 1 && positionals[0] === 'live';
const minutes = Number(values.minutes);
const areas = isLive ? [] : areasOf(positionals);

if (areas === undefined || !Number.isSafeInteger(firstSeed) || !(minutes > 0)) {
  console.error(USAGE);
  process.exitCode = 2;
} else if (isLive) {
  if (!(await soakLive(minutes))) process.exitCode = 1;
} else if (values.coverage !== undefined) {
  await cover(values.coverage, areas);
} else {
  for (const area of areas) if (!(await soak(area))) process.exitCode = 1;
}

/** Tells what of a library the areas did not reach. */
async function cover(library: string, covering: readonly Area[]): Promise<void> {
  const { blocks, uncovered } = await coverageOf(library, async () => {
    for (const area of covering) {
      const slices = Math.ceil(Math.min(COVERED_RUNS, area.soakRuns) / area.sliceRuns);
      for (let slice = 0; slice < slices; slice++) {
        await area.fuzz({ seed: firstSeed + slice, runs: area.sliceRuns });
      }
    }
  });
  for (const { file, line, code } of uncovered) console.log(`${file}:${line}: ${code}`);
  console.log(`libs/${library}: ${blocks - uncovered.length} of ${blocks} blocks ran`);
}

/** Runs an area for its full count. False when it found problems or memory grew. */
async function soak(area: Area): Promise<boolean> {
  const started = performance.now();
  let saidAt = started;
  let runs = 0;
  let problems = 0;
  let slowestUs = 0;
  let warm = memoryInUse();
  let isWarm = false;
  for (let seed = firstSeed; runs < area.soakRuns; seed++) {
    const result = await area.fuzz({ seed, runs: Math.min(area.sliceRuns, area.soakRuns - runs) });
    runs += result.runs;
    problems += result.problems.length;
    for (const problem of result.problems) console.log(`${area.name}: seed ${seed}: ${problem}`);
    if (!isWarm && runs >= WARM_UP_SHARE * area.soakRuns) {
      isWarm = true;
      warm = memoryInUse();
    } else if (isWarm) {
      slowestUs = Math.max(slowestUs, result.slowestUs ?? 0); // before that the compiler is at work
    }
    if (performance.now() - saidAt > PROGRESS_MS) {
      saidAt = performance.now();
      console.error(`${area.name}: ${runs} of ${area.soakRuns}`);
    }
  }
  const end = memoryInUse();
  const reachable = end.reachable - warm.reachable;
  const resident = end.resident - warm.resident;
  const hasGrown = reachable > REACHABLE_GROWTH_MAX || resident > RESIDENT_GROWTH_MAX;
  const seconds = (performance.now() - started) / 1000;
  console.log(
    [
      `${area.name}: ${runs} ${area.thing} in ${seconds.toFixed(0)} s, ${problems} problems`,
      ...(slowestUs > 0 ? [`slowest ${slowestUs.toFixed(0)} µs each`] : []),
      `memory after warm-up ${megabytes(warm.resident)}, at the end ${megabytes(end.resident)}`,
      `reachable ${megabytes(reachable)} more${hasGrown ? ': IT GROWS' : ''}`,
    ].join('; '),
  );
  return problems === 0 && !hasGrown;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
